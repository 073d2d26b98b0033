import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineTail } from '../../source/fleet/remote-exec.ts';

test('of many lines the last ones are kept, with how many there were before', () => {
  const tail = createLineTail({ lines: 3, characters: 100 });
  for (let count = 1; count <= 3; count += 1) tail.add(`line ${count}`);
  assert.deepEqual(tail.lines(), ['line 1', 'line 2', 'line 3']);
  tail.add('line 4');
  assert.deepEqual(tail.lines(), ['(1 line before)', 'line 2', 'line 3', 'line 4']);
});

test('long lines are bounded, by themselves and together', () => {
  const tail = createLineTail({ lines: 3, characters: 10 });
  tail.add('abcdefgh');
  tail.add('ijk');
  assert.deepEqual(tail.lines(), ['(1 line before)', 'ijk']);
  tail.add('x'.repeat(100_000));
  assert.deepEqual(tail.lines(), ['(2 lines before)', `${'x'.repeat(9)}…`]);
});
