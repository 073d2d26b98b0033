import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as z from 'zod';
import { commandTable, defaultCommand } from '../../source/commands/command-table.ts';
import { documentedCommands, typed } from './documented-commands.ts';
import { exceptions } from './exceptions.ts';
import { blocksOf, projectFolder, readPages } from './pages.ts';
import { refusal } from './refusal.ts';

test('the program takes every command line that the readme and the docs show', async () => {
  const commands = (await readPages()).flatMap(documentedCommands);
  assert.ok(commands.length > 50, `${commands.length}`);
  const refused = commands.flatMap((command) => {
    const complaint = refusal(command);
    return complaint === undefined || exceptions.has(command.line)
      ? []
      : [`${command.page}: ${command.line}: ${complaint}`];
  });
  assert.deepEqual(refused, []);
  for (const [line, reason] of exceptions) {
    assert.ok(
      commands.some((command) => command.line === line && refusal(command) !== undefined),
      `${line} needs no exception any more: ${reason}`,
    );
  }
});

test('the program takes every example of its own help', () => {
  for (const { examples, name } of [defaultCommand, ...commandTable]) {
    const text = ['```sh', ...examples.map(([line]) => line), '```', ''].join('\n');
    const commands = documentedCommands({ path: name, text });
    assert.ok(commands.length >= examples.length, name);
    for (const command of commands) assert.equal(refusal(command), undefined, command.line);
  }
});

test('a command line with a wrong command or a wrong option is found', () => {
  const text = [
    '```sh',
    'mkdir fleet && spot-tui inti      # a comment with spot-tui create --foo',
    'AWS_PROFILE=work spot-tui create \\',
    '  --cuont 3 | tee log',
    'npm start -- list --follow',
    'eval "$(spot-tui sandbox --bogus)" && spot-tui list --junk > nodes.txt',
    'spot-tui exec <node> -- sh -c "echo --foo"',
    '```',
    'Then `spot-tui logs NODE --folow`, or `spot-tui COMMAND --help`.',
  ].join('\n');
  const complaints = documentedCommands({ path: 'example.md', text }).map(refusal);
  assert.deepEqual(complaints, [
    'there is no command inti',
    'there is no option --cuont',
    'list has no option --follow',
    'there is no option --bogus',
    'there is no option --junk',
    undefined,
    'there is no option --folow',
    undefined,
  ]);
});

test('a block that shows commands says that it is one for a shell, so that they are run', async () => {
  for (const page of await readPages()) {
    for (const { language, lines } of blocksOf(page)) {
      if (typed.has(language)) continue;
      // What help shows as usage is no command.
      const line = lines.find((each) => /^\s*(?:\$ )?spot-tui (?!.*\[options\])/.test(each));
      assert.equal(line, undefined, page.path);
    }
  }
});

test('every `npm run` that the readme and the docs name is there', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(new URL('package.json', projectFolder), 'utf8')));
  for (const { path, text } of await readPages()) {
    for (const [, name = ''] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
      assert.ok(name in scripts, `${path}: npm run ${name}`);
    }
  }
});
