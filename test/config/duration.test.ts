import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../source/config/duration.ts';

for (const [text, milliseconds] of [
  ['0', 0],
  ['0s', 0],
  ['1s', 1000],
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['1h0m5s', 3_605_000],
  ['100m', 6_000_000],
  ['596h', 2_145_600_000],
] as const) {
  test(`${text} is ${milliseconds} ms`, () => {
    assert.equal(parseDuration(text), milliseconds);
  });
}

for (const text of [
  ...['', ' ', '5', '1', '00', '-1s', '+1s', '1.5h', '1,5h', '1 s', ' 1s', '1s ', '1s\n'],
  ...['1d', '1ms', '1S', '1m1h', '1s1s', 's', 'h', '1h30', '0x1s', '1e3s', '٣s', 'Infinity'],
  // Longer than a timer can wait: it would fire at once.
  ...['597h', '2147484s', '9999999999999s'],
]) {
  test(`${JSON.stringify(text)} is no duration`, () => {
    assert.equal(parseDuration(text), undefined);
  });
}
