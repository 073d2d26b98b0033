import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patientBackoff, type Setback } from '../../source/ssh/backoff.ts';

const waits = (setback: Setback, attempts: number): number[] =>
  Array.from({ length: attempts }, (_, index) => patientBackoff(setback, index + 1));

test('a port that is still closed is tried again quickly, and every two seconds in the long run', () => {
  const [first = 0, ...later] = waits('unreached', 50);
  assert(first < 250);
  for (const wait of later) assert(wait < 2_500);
});

test('nobody is tried so often that OpenSSH’s penalties lock the address out', () => {
  // sshd_config(5), PerSourcePenalties: seconds per offence, locked out from 15 s on.
  const penalties: Array<[setback: Setback, seconds: number]> = [
    ['turned-away', 1],
    ['key-refused', 5],
  ];
  for (const [setback, penalty] of penalties) {
    let owed = 0;
    for (const wait of waits(setback, 200)) {
      owed += penalty;
      assert(owed < 15, `${setback} is locked out`);
      owed = Math.max(owed - wait / 1_000, 0);
    }
  }
});

test('a fleet that starts together does not knock together', () => {
  const times = new Set(Array.from({ length: 100 }, () => patientBackoff('unreached', 5)));
  assert(times.size > 50);
});
