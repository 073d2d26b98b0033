import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  withoutCommands,
  withoutCommandsInJson,
  workflowCommand,
} from '../../source/reporters/workflow-command.ts';

/**
 * What the runner makes of a line: https://github.com/actions/runner, `ActionCommand.cs`. Its
 * comparisons pass over characters that are not seen.
 */
const commandIn = (line: string): string | undefined => {
  const seen = line.replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '').trimStart();
  return /^::(\S*?)(?: .*?)?::/.exec(seen)?.[1] ?? /##\[(\S*?)(?: .*?)?\]/.exec(seen)?.[1];
};

const commandsIn = (text: string): string[] =>
  text.split(/\r\n|\r|\n/).flatMap((line) => commandIn(line) ?? []);

test('a command is escaped as the runner reads it', () => {
  assert.equal(workflowCommand('endgroup', ''), '::endgroup::');
  assert.equal(
    workflowCommand('error', '100 %, a:b\r\nsecond', { title: '1:2, 3 %\n' }),
    '::error title=1%3A2%2C 3 %25%0A::100 %25, a:b%0D%0Asecond',
  );
});

const hostile = [
  '::set-env name=PATH::/tmp',
  '  \t::stop-commands::x',
  '\u00a0\ufeff::add-mask::e',
  ':\u00ad:set-env name=A::b',
  ':\u200b\u2060:add-path::/tmp',
  'harmless ##[set-env name=A]b',
  '#\u00ad#\u200b[add-path]/tmp',
  'first\n::error::second\r::warning::third',
];

test('nothing that looks like a command is left', () => {
  for (const text of hostile) {
    assert.notDeepEqual(commandsIn(text), [], `${JSON.stringify(text)} is a command`);
    assert.deepEqual(commandsIn(withoutCommands(text)), [], JSON.stringify(text));
  }
});

test('whatever is said, no command is left', () => {
  const part = fc.constantFrom(':', '::', '#', '##[', '[', ']', ' ', '\t', '\u00ad', '\n', 'error');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      assert.deepEqual(commandsIn(withoutCommands(parts.join(''))), []);
      const json = withoutCommandsInJson(JSON.stringify({ message: parts.join('') }));
      assert.deepEqual(commandsIn(json), []);
      assert.equal(JSON.parse(json).message, parts.join(''));
    }),
  );
});

test('what can be no command stays as it is', () => {
  for (const text of ['05:12:33 node  booting', 'std::string', '# heading [x]', 'a: ::1', '']) {
    assert.equal(withoutCommands(text), text);
  }
});

test('much text costs little time', { timeout: 10_000 }, () => {
  const lines = 200_000;
  for (const text of [
    ' '.repeat(lines),
    '\n'.repeat(lines),
    ' \n'.repeat(lines),
    '#\u00ad'.repeat(lines),
    ':\u00ad'.repeat(lines),
  ]) {
    withoutCommands(text);
  }
});
