import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutputTail } from '../../source/ssh/output-tail.ts';

test('all of a short stream is kept', () => {
  const tail = createOutputTail(10);
  tail.write(Buffer.from('abc'));
  tail.write(Buffer.from('def'));
  assert.equal(tail.text(), 'abcdef');
});

test('of a long stream the newest bytes are kept', () => {
  const tail = createOutputTail(4);
  for (const piece of ['abc', 'defghij', 'k', 'l']) tail.write(Buffer.from(piece));
  assert.equal(tail.text(), 'ijkl');
});

test('what is kept begins with a whole character', () => {
  const tail = createOutputTail(5);
  tail.write(Buffer.from('€€'));
  assert.equal(tail.text(), '€');
});
