import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withKeySection } from '../scripts/readme-key-section.ts';
import { commandTable } from '../source/commands/command-table.ts';
import { jsonSchemas } from '../source/reporters/json-schemas.ts';

const readme = await readFile(new URL('../readme.md', import.meta.url), 'utf8');

test('the readme’s keys are those of the dashboard; `npm run readme` writes them', () => {
  assert.equal(readme, withKeySection(readme));
});

test('the readme names every command', () => {
  for (const { name } of commandTable) assert.match(readme, new RegExp(`\\| \`${name}[ \`]`), name);
});

test('every link to a file leads to one', async () => {
  const root = new URL('../', import.meta.url);
  const pages = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
  for (const page of ['readme.md', ...pages.map((name) => `docs/${name}`)]) {
    const url = new URL(page, root);
    for (const [, link = ''] of (await readFile(url, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(?:https?:|#)/.test(link)) continue;
      await assert.doesNotReject(access(new URL(link.replace(/#.*/, ''), url)), `${page}: ${link}`);
    }
  }
});

test('what `--json` prints is named in the page about CI, event by event', async () => {
  const page = await readFile(new URL('../docs/ci.md', import.meta.url), 'utf8');
  const schema: string = JSON.stringify(jsonSchemas().get('events.schema.json'));
  const events = new Set(
    [...schema.matchAll(/"event":\{[^}]*"const":"([^"]+)"/g)].map(([, name = '']) => name),
  );
  assert.ok(events.has('moved') && events.has('summary'), schema.slice(0, 500));
  for (const name of events) assert.match(page, new RegExp(`\`${name}\``), name);
});
