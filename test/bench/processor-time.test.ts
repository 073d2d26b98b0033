import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStat } from '../../bench/end-to-end/processor-time.ts';

test('processor times are read from behind a name with blanks and brackets', () => {
  const stat =
    '42 (spot-tui (sand) box) S 1 42 42 0 -1 4194304 100 200 0 0 395 452 1995 18 20 0 11 0';
  assert.deepEqual(parseStat(stat), { own: 8_470, children: 20_130 });
});
