import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { historyOf } from '../../source/fleet/history.ts';
import type { HistoryEntry } from '../../source/fleet/history-entry.ts';

const node = 'us-west-2-1';
const region = 'us-west-2';

/** An entry in a few words. */
const words = (entry: HistoryEntry): string => {
  switch (entry.event) {
    case 'command':
      return `${entry.command} by ${entry.by}: ${entry.summary?.ready} ready`;
    case 'action':
      return `${entry.action} of ${entry.nodes} by ${entry.by} ${entry.state}: ${entry.succeeded}/${entry.failed}`;
    case 'recovered':
      return `recovered from ${entry.reason} after ${entry.after}`;
    case 'launched':
      return `launched ${entry.instanceId}`;
    default:
      return `${entry.event}: ${entry.reason}`;
  }
};

const past = (...events: readonly (FleetEvent | [run: string, event: FleetEvent])[]) =>
  historyOf(
    events.map((each) =>
      Array.isArray(each) ? { run: each[0], event: each[1] } : { run: 'a', event: each },
    ),
  ).map(words);

const instance = (instanceId: string, time = 1): FleetEvent => ({
  event: 'instance',
  time,
  node,
  instanceId,
  region,
});

const ready = (time: number): FleetEvent => ({
  event: 'phase',
  time,
  node,
  region,
  phase: 'ready',
  attempt: 1,
});

const degraded = (time: number, reason = 'sensor.service is not active'): FleetEvent => ({
  event: 'phase',
  time,
  node,
  phase: 'degraded',
  reason,
  hint: 'look',
});

const failed = (time: number, reason = 'no space'): FleetEvent => ({
  event: 'phase',
  time,
  node,
  phase: 'failed',
  failedPhase: 'uploading',
  reason,
  hint: 'look',
});

const ended = (time: number, phase: 'terminating' | 'terminated' | 'interrupted'): FleetEvent => ({
  event: 'phase',
  time,
  node,
  phase,
  reason: `${phase} at ${time}`,
});

const fleet = (time: number, command: string): FleetEvent => ({
  event: 'fleet',
  time,
  deployment: 'demo',
  command,
  regions: [region],
  nodes: 1,
  by: 'ana@laptop',
});

const action = (time: number, state: 'started' | 'done'): FleetEvent => ({
  event: 'action',
  time,
  id: 1,
  action: 'push',
  state,
  nodes: [node],
  by: 'bo@desk',
});

test('a launch is told once, however many runs see the instance', () => {
  assert.deepEqual(past(instance('i-1'), instance('i-1'), ['b', instance('i-1')]), [
    'launched i-1',
  ]);
});

test('an instance that was there before the first recording was launched when EC2 says', () => {
  const [entry] = historyOf([
    { run: 'a', event: { ...instance('i-1', 5_000), launchedAt: 1_000 } as FleetEvent },
  ]);
  assert.equal(entry?.time, 1_000);
});

test('a node that is ready again has recovered, one that was never in trouble has not', () => {
  assert.deepEqual(past(ready(1), degraded(2), ready(7), ready(9)), [
    'degraded: sensor.service is not active',
    'recovered from sensor.service is not active after 5',
  ]);
});

test('a trouble that several see, or that is seen again, is told once', () => {
  assert.deepEqual(past(degraded(1), ['b', degraded(2)], failed(3), ['c', failed(4)]), [
    'degraded: sensor.service is not active',
    'failed: no space',
  ]);
});

test('a trouble that a repair did not end is told again', () => {
  const expected = ['failed: no space', 'push of us-west-2-1 by bo@desk started: /'];
  assert.deepEqual(past(failed(1), action(2, 'started'), failed(3)), [
    ...expected,
    'failed: no space',
  ]);
  assert.deepEqual(past(failed(1), ['b', fleet(2, 'configure')], ['b', failed(3)]), [
    'failed: no space',
    'configure by ana@laptop: undefined ready',
    'failed: no space',
  ]);
});

test('an instance ends once, by what was known first', () => {
  assert.deepEqual(
    past(instance('i-1'), ended(2, 'interrupted'), ended(3, 'interrupted'), ended(4, 'terminated')),
    ['launched i-1', 'interrupted: interrupted at 2'],
  );
  assert.deepEqual(past(instance('i-1'), ended(2, 'terminating'), ended(3, 'terminated')), [
    'launched i-1',
    'terminated: terminating at 2',
  ]);
});

test('the next instance of a node has a past of its own', () => {
  assert.deepEqual(
    past(instance('i-1'), degraded(2), ended(3, 'terminated'), instance('i-2', 4), ready(5)),
    [
      'launched i-1',
      'degraded: sensor.service is not active',
      'terminated: terminated at 3',
      'launched i-2',
    ],
  );
});

test('a command says who gave it and what came of it; looking is none', () => {
  const summary: FleetEvent = {
    event: 'summary',
    time: 9,
    ready: 1,
    failed: 0,
    interrupted: 0,
    terminated: 0,
    elapsedSeconds: 1,
    apiCalls: 1,
  };
  assert.deepEqual(past(fleet(1, 'create'), summary, ['b', fleet(10, 'attach')]), [
    'create by ana@laptop: 1 ready',
  ]);
});

test('an action says who asked and what it came to; the command that only asked for it is left out', () => {
  const result: FleetEvent = {
    event: 'action-result',
    time: 3,
    id: 1,
    node,
    action: 'push',
    status: 'succeeded',
    detail: 'pushed',
  };
  assert.deepEqual(past(fleet(1, 'push'), action(2, 'started'), result, action(4, 'done')), [
    'push of us-west-2-1 by bo@desk done: us-west-2-1/',
  ]);
});
