import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { createCarriedEvents } from '../../source/reporters/carried-events.ts';

const asked = { action: 'exec', id: 1, time: 0 } as const;
const result = (node: string, status: 'running' | 'succeeded'): FleetEvent => ({
  ...asked,
  event: 'action-result',
  node,
  status,
  detail: status,
});
const action = (state: 'started' | 'done'): FleetEvent => ({
  ...asked,
  event: 'action',
  state,
  nodes: ['us-west-2-1', 'us-west-2-2'],
  by: 'someone@somewhere',
});

test('an action under way is carried with what it has come to, and no longer once it is over', () => {
  const carried = createCarriedEvents();
  const finished = result('us-west-2-1', 'succeeded');
  const running = result('us-west-2-2', 'running');
  carried.add(action('started'));
  for (const event of [result('us-west-2-1', 'running'), running, finished]) carried.add(event);
  assert.deepEqual(carried.all(), [action('started'), finished, running]);
  carried.add(action('done'));
  assert.deepEqual(carried.all(), []);
});
