// Writes the readme's section of keys from the table of keys.
import { readFile, writeFile } from 'node:fs/promises';
import { withKeySection } from './readme-key-section.ts';

await writeFile('readme.md', withKeySection(await readFile('readme.md', 'utf8')));
