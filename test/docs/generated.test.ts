import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { configurationKeys } from '../../scripts/configuration-keys.ts';
import { generatedPages } from '../../scripts/generated-pages.ts';
import { commandTable, defaultCommand } from '../../source/commands/command-table.ts';
import { exitMeanings } from '../../source/commands/exit-meanings.ts';
import { commandHelp, flagName } from '../../source/commands/help.ts';
import { commandOptions, globalOptions } from '../../source/commands/options.ts';
import { configFile } from '../../source/config/schema.ts';
import { blocksOf, projectFolder } from './pages.ts';

const read = (path: string) => readFile(new URL(path, projectFolder), 'utf8');

for (const [path, withParts] of generatedPages) {
  test(`${path} says what the code says; \`npm run docs\` writes it`, async () => {
    const page = await read(path);
    assert.equal(page, withParts(page));
  });
}

test('every key of the configuration has a heading of its own', async () => {
  const page = await read('docs/configuration.md');
  const keys = [...configurationKeys().keys()];
  assert.ok(keys.includes('aws.total_instances') && keys.includes('regions[].REGION.image'));
  for (const key of keys) assert.ok(page.includes(`\n### \`${key}\`\n`), key);
});

test('every example in the page about the configuration is one that is accepted', async () => {
  const blocks = blocksOf({ path: '', text: await read('docs/configuration.md') });
  const examples = blocks.filter(({ language }) => language === 'yaml');
  assert.ok(examples.length > 20);
  for (const { lines } of examples) {
    const example = z.record(z.string(), z.unknown()).parse(parse(lines.join('\n')));
    const { error } = configFile.safeParse({ regions: ['us-west-2'], ...example });
    assert.equal(error, undefined, lines.join('\n'));
  }
});

test('every command and every option is in the page about the commands', async () => {
  const page = await read('docs/commands.md');
  for (const { name } of commandTable) assert.ok(page.includes(`\n## ${name}\n`), name);
  for (const name of Object.keys({ ...globalOptions, ...commandOptions })) {
    assert.match(page, new RegExp(`${flagName(name)}|${flagName(`no-${name}`)}`), name);
  }
});

test('the help of every command has examples of it, and says what its exit statuses mean', () => {
  for (const command of [defaultCommand, ...commandTable]) {
    const help = commandHelp(command);
    const [[example = ''] = []] = command.examples;
    assert.match(example, command === defaultCommand ? /spot-tui/ : new RegExp(command.name));
    assert.ok(help.includes(`Examples\n  ${example}`), command.name);
    for (const [status, meaning] of exitMeanings(command.name)) {
      const line = help.split('\n').find((each) => each.startsWith(`  ${status} `));
      assert.ok(line?.endsWith(` ${meaning}`), `${command.name} ${status}`);
    }
  }
});
