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

test('whatever the pieces, what is kept is the end of the stream', () => {
  const whole = Array.from({ length: 2_000 }, (_, index) => String.fromCharCode(97 + (index % 26)));
  for (const maximum of [1, 7, 64, 1_999, 2_000, 5_000]) {
    for (const piece of [1, 3, 50, 700]) {
      const tail = createOutputTail(maximum);
      for (let at = 0; at < whole.length; at += piece) {
        tail.write(Buffer.from(whole.slice(at, at + piece).join('')));
        assert.equal(
          tail.text(),
          whole
            .slice(0, at + piece)
            .slice(-maximum)
            .join(''),
        );
      }
    }
  }
});
