import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { createSpokenLines } from '../../source/reporters/spoken-lines.ts';
import { at, sampleRun } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

process.env.TZ = 'UTC';

const say = async (events: readonly FleetEvent[], verbose = false): Promise<string[]> => {
  const stream = new SlowStream();
  const report = createSpokenLines(stream, { verbose });
  for (const event of events) report(event);
  await report.flush();
  return stream.lines;
};

test('a run reads as sentences, without columns or times of day', async () => {
  assert.deepEqual(await say(sampleRun), [
    'demo: create, 2 nodes in us-west-2, eu-central-1.',
    'us-west-2-1 is the first in pending.',
    'us-west-2-1 is the first in booting: i-0a1b2c3d4e5f67890, t3.medium in us-west-2a.',
    'us-west-2-1 is the first in connecting: 203.0.113.7.',
    'us-west-2-1 is the first in uploading.',
    'us-west-2-1 failed in configuring: sensor.service is missing. 0 of 2 ready.',
    'Hint: add it to the payload, then: spot-tui push us-west-2-1',
    'Output: installing units',
    'Output: sensor.service: no such file',
    'us-west-2-1 is ready after 41 s. 1 of 2 ready.',
    'us-west-2-1 is degraded: sensor.service is not active. 0 of 2 ready.',
    'Hint: spot-tui logs us-west-2-1',
    'us-west-2-1 is interrupted: EC2 needs the capacity back (until 05:16:13). 0 of 2 ready.',
    'us-west-2-1 is interrupted: EC2 took it. 0 of 2 ready.',
    'us-west-2-1 is terminating: Server.SpotInstanceTermination.',
    'us-west-2-1 is terminated: gone. 0 of 2 ready.',
    'us-west-2: warning: no capacity for t3.medium in us-west-2a.',
    'Hint: allow more instance types',
    'demo: info: one node less.',
    'Summary: 1 ready, 1 interrupted after 41.2 s and 17 EC2 requests',
  ]);
});

test('of a fleet only the first node is followed step by step, and every end is told', async () => {
  const enters = (node: string, phase: 'booting' | 'connecting' | 'ready'): FleetEvent => ({
    event: 'phase',
    time: at(1),
    node,
    region: 'us-west-2',
    phase,
    attempt: 1,
  });
  const events = (['booting', 'connecting', 'ready'] as const).flatMap((phase) =>
    ['a-1', 'a-2', 'a-3'].map((node) => enters(node, phase)),
  );

  assert.deepEqual(await say(events), [
    'a-1 is the first in booting.',
    'a-1 is the first in connecting.',
    'a-1 is ready after 0 s. 1 of 3 ready.',
    'a-2 is ready after 0 s. 2 of 3 ready.',
    'a-3 is ready after 0 s. 3 of 3 ready.',
  ]);
  assert.equal((await say(events, true)).length, 9, 'all, if they are wanted');
});

test('what comes from nodes gives the terminal no orders', async () => {
  const lines = await say([
    { event: 'notice', time: at(0), level: 'warning', message: 'red \u001B[31malert\u0007' },
  ]);
  assert.doesNotMatch(lines.join(), /[\u0007\u001B]/);
});
