// Writes the parts of the pages in docs/ that are made of the code.
import { readFile, writeFile } from 'node:fs/promises';
import { generatedPages } from './generated-pages.ts';

for (const [page, withParts] of generatedPages) {
  await writeFile(page, withParts(await readFile(page, 'utf8')));
}
