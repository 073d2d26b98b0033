import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withKeySection } from '../scripts/readme-key-section.ts';
import { commandTable } from '../source/commands/command-table.ts';

const readme = await readFile(new URL('../readme.md', import.meta.url), 'utf8');

test('the readme’s keys are those of the dashboard; `npm run readme` writes them', () => {
  assert.equal(readme, withKeySection(readme));
});

test('the readme names every command', () => {
  for (const { name } of commandTable) {
    assert.match(readme, new RegExp(`\`${name}[ \`]`), name);
  }
});
