import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineReader } from '../../source/ssh/line-reader.ts';

const read = (chunks: ReadonlyArray<string | Buffer>, maximum?: number): string[] => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line), maximum);
  for (const chunk of chunks) reader.write(Buffer.from(chunk));
  reader.end();
  return lines;
};

test('lines are put together from pieces, and the last needs no newline', () => {
  assert.deepEqual(read(['on', 'e\ntw', 'o\n', '\n', 'three']), ['one', 'two', '', 'three']);
  assert.deepEqual(read(['one\n']), ['one']);
  assert.deepEqual(read([]), []);
});

test('lines are delivered as soon as they are complete', () => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  reader.write(Buffer.from('one\ntw'));
  assert.deepEqual(lines, ['one']);
});

test('lines that end the Windows way are lines, also when the end comes in two pieces', () => {
  assert.deepEqual(read(['a\r\nb\r', '\nc']), ['a', 'b', 'c']);
});

test('of a progress bar that redraws itself only the last state is a line', () => {
  assert.deepEqual(read(['10%\r2', '0%\r100%\ndone\n']), ['100%', 'done']);
  assert.deepEqual(read(['10%\r', '20%\r']), ['20%']);
});

test('characters are put together from bytes, and bytes that are none are marked', () => {
  const word = Buffer.from('žluťoučký');
  assert.deepEqual(read([word.subarray(0, 1), word.subarray(1)]), ['žluťoučký']);
  assert.deepEqual(read([Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])]), ['a\ufffd\ufffdb']);
  assert.deepEqual(read([Buffer.from([0x61, 0xe2, 0x82])]), ['a\ufffd']);
});

test('escape sequences are removed, also when they come in two pieces', () => {
  assert.deepEqual(read(['\x1b[3', '1mred\x1b[', '0m\n']), ['red']);
});

test('a line that is too long is cut, and says by how much', () => {
  assert.deepEqual(read(['abc', 'defgh', 'ij\nnext\n'], 4), [
    'abcd … [6 more characters cut]',
    'next',
  ]);
  assert.deepEqual(read(['abcdef'], 4), ['abcd … [2 more characters cut]']);
});

test('a line of a hundred megabytes costs no more memory than its beginning', () => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  const chunk = Buffer.alloc(1_000_000, 'x');
  for (let count = 0; count < 100; count += 1) reader.write(chunk);
  reader.end();

  assert.equal(lines.length, 1);
  assert.match(lines[0]?.slice(100_000) ?? '', /^ … \[99900000 more characters cut\]$/);
});
