import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marked } from 'marked';
import { markdownText } from '../../../source/commands/explain/markdown-text.ts';

const linesOf = (markdown: string, width = 40): readonly string[] =>
  markdownText(marked.lexer(markdown), {
    width,
    strong: (text) => `<${text}>`,
    lead: (text) => `<<${text}>>`,
    code: (text) => `[${text}]`,
    codeLine: (text) => `$ ${text}`,
    link: (text, target) => `${text} -> ${target}`,
  });

test('paragraphs are wrapped, whatever their lines were, with one blank line between them', () => {
  const markdown =
    'One word\nand another and another and another.\n\n\n\nThe **next** [one](to.md).';
  assert.deepEqual(linesOf(markdown), [
    'One word and another and another and',
    'another.',
    '',
    'The <next> one -> to.md.',
  ]);
});

test('what is bold at the begin of a paragraph leads it', () => {
  assert.deepEqual(linesOf('**Why** It is *so*, **really**.'), ['<<Why>> It is so, <really>.']);
});

test('items hang below each other, also in lists of their own', () => {
  const markdown = '9. one two three four five six seven eight\n10. two\n    - inner `x`\n- other';
  assert.deepEqual(linesOf(markdown, 24), [
    '9.  one two three four',
    '    five six seven eight',
    '10. two',
    '    - inner [x]',
    '',
    '- other',
  ]);
});

test('a command is not broken, a block of code not even wrapped', () => {
  const command = 'spot-tui explain services';
  assert.deepEqual(linesOf(`More words then \`${command}\` and so on.`, 30), [
    'More words then',
    `[${command}]`,
    'and so on.',
  ]);
  const long = 'x '.repeat(40).trim();
  assert.deepEqual(linesOf(`\`\`\`sh\n${long}\n\n  y\n\`\`\``, 30), [
    `    $ ${long}`,
    '',
    '    $   y',
  ]);
});

test('the rows of a table are their first cell with the others below it', () => {
  const two = '| you see | do |\n| --- | --- |\n| `a` \\| b | press `^L` |\n| c | |';
  assert.deepEqual(linesOf(two), ['<[a] | b>', '  press [^L]', '', '<c>']);
  const three =
    '| kind | why | what to do |\n| --- | --- | --- |\n| a | one two three four five six | x |';
  assert.deepEqual(linesOf(three, 34), [
    '<a>',
    '  why         one two three four',
    '              five six',
    '  what to do  x',
  ]);
});
