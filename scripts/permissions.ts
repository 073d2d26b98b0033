// Writes the policy and the table of permissions into the page about security.
import { readFile, writeFile } from 'node:fs/promises';
import { withPermissions } from './security-page.ts';

const page = 'docs/security.md';
await writeFile(page, withPermissions(await readFile(page, 'utf8')));
