import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRollout, parseRollout, usualRollout } from '../../source/ui/keys/rollout-line.ts';

const read = (line: string) => {
  const answer = parseRollout(line);
  return 'problem' in answer ? answer.problem : answer.rollout;
};

test('what is proposed is read as what it says', () => {
  for (const rollout of [usualRollout, { canary: 0, batchSize: 20, maxFailures: 3 }]) {
    assert.deepEqual(read(formatRollout(rollout)), rollout);
  }
});

test('parts come in any order and words, and what is not said is as usual', () => {
  const rollout = { canary: 2, batchSize: 10, maxFailures: 3 };
  for (const line of [
    'canary 2, batches of 10, stop at 3 failures',
    'stop after 3 failed; 10 at a time; canaries: 2',
    '2 canaries then batch 10 and fail 3',
    'FIRST 2, Batch Size 10, end at 3',
  ]) {
    assert.deepEqual(read(line), rollout, line);
  }
  assert.deepEqual(read(''), usualRollout);
  assert.deepEqual(read('batches of 7'), { ...usualRollout, batchSize: 7 });
  assert.deepEqual(read('no canary'), { ...usualRollout, canary: 0 });
  assert.deepEqual(read('stop the batches at 2 failures'), { ...usualRollout, maxFailures: 2 });
});

test('what can not be read is named', () => {
  assert.match(String(read('canary 1, quickly')), /"quickly" is no canary, batch or failure/);
  assert.match(String(read('batches of some')), /how many\? "batches of some"/);
  assert.match(String(read('batches of 20%')), /how many\?/);
  assert.match(String(read('batches of 1.5')), /how many\?/);
  assert.match(String(read('batches of -5')), /how many\?/);
  assert.match(String(read('batches of 2 or 3')), /how many\?/);
  assert.match(String(read('batches of 0')), /1 at least/);
  assert.match(String(read('stop at 0 failures')), /1 at least/);
});
