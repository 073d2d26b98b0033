import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { changeLimit, logLimit } from '../../source/fleet/reduce-node.ts';
import { emptyFleet, reduce, reduceAll } from '../../source/fleet/reducer.ts';

const fold = (...events: FleetEvent[]) => events.reduce(reduce, emptyFleet);

const phase = (node: string, name: 'pending' | 'launching' | 'ready', time = 0, attempt = 1) =>
  ({ event: 'phase', time, node, region: 'us-west-2', phase: name, attempt }) as const;

test('a node appears with its first event, in the order of first events', () => {
  const state = fold(phase('us-west-2-2', 'pending'), phase('us-west-2-1', 'pending'));
  assert.deepEqual([...state.nodes.keys()], ['us-west-2-2', 'us-west-2-1']);
});

test('a node that no event touched stays the same object', () => {
  const before = fold(phase('us-west-2-1', 'pending'), phase('us-west-2-2', 'pending'));
  const after = reduce(before, phase('us-west-2-1', 'launching'));
  assert.equal(after.nodes.get('us-west-2-2'), before.nodes.get('us-west-2-2'));
  assert.notEqual(after.nodes.get('us-west-2-1'), before.nodes.get('us-west-2-1'));
});

test('a failure carries its cause until the next phase clears it', () => {
  const failed = fold(phase('us-west-2-1', 'launching'), {
    event: 'phase',
    time: 5,
    node: 'us-west-2-1',
    phase: 'failed',
    failedPhase: 'configuring',
    reason: 'unit missing',
    hint: 'push it',
  });
  const node = failed.nodes.get('us-west-2-1');
  assert.equal(node?.phase, 'failed');
  assert.equal(node?.phaseSince, 5);
  assert.deepEqual(node?.trouble, {
    reason: 'unit missing',
    hint: 'push it',
    topic: 'configure',
    failedPhase: 'configuring',
  });
  const again = reduce(failed, phase('us-west-2-1', 'pending', 9, 2)).nodes.get('us-west-2-1');
  assert.equal(again?.trouble, undefined);
  assert.equal(again?.attempt, 2);
  assert.deepEqual(again?.timeline, [{ phase: 'pending', time: 9 }]);
});

test('progress lasts as long as its phase', () => {
  const state = fold(phase('us-west-2-1', 'launching'), {
    event: 'progress',
    time: 1,
    node: 'us-west-2-1',
    phase: 'uploading',
    done: 5,
    total: 10,
  });
  assert.deepEqual(state.nodes.get('us-west-2-1')?.progress, { done: 5, total: 10 });
  const next = reduce(state, phase('us-west-2-1', 'ready'));
  assert.equal(next.nodes.get('us-west-2-1')?.progress, undefined);
});

test('instance facts are kept beside the phase', () => {
  const state = fold(phase('us-west-2-1', 'launching'), {
    event: 'instance',
    time: 1,
    node: 'us-west-2-1',
    instanceId: 'i-1',
    region: 'us-west-2',
    zone: 'us-west-2a',
    address: '192.0.2.1',
  });
  const node = state.nodes.get('us-west-2-1');
  assert.equal(node?.zone, 'us-west-2a');
  assert.equal(node?.phase, 'launching');
  assert.equal(node !== undefined && 'time' in node, false);
});

test('events folded together give what they give one by one, and harm no state before', () => {
  const before = fold(phase('us-west-2-1', 'pending'), phase('us-west-2-2', 'pending'));
  const kept = structuredClone(before);
  const events = [
    phase('us-west-2-1', 'launching', 1),
    { event: 'notice', time: 2, level: 'info', message: 'hello' } as const,
    phase('us-west-2-3', 'pending', 3),
    phase('us-west-2-1', 'ready', 4),
  ];
  const after = reduceAll(before, events);
  assert.deepEqual(after, events.reduce(reduce, before));
  assert.deepEqual(before, kept);
  assert.equal(after.nodes.get('us-west-2-2'), before.nodes.get('us-west-2-2'));
  assert.equal(reduceAll(before, []), before);
});

test('the log keeps the newest lines', () => {
  const lines = Array.from({ length: logLimit + 5 }, (_, index) => ({
    event: 'log' as const,
    time: index,
    node: 'us-west-2-1',
    source: 'cloud-init',
    message: `line ${index}`,
  }));
  const log = fold(...lines).nodes.get('us-west-2-1')?.log;
  assert.equal(log?.length, logLimit);
  assert.equal(log?.at(-1)?.message, `line ${logLimit + 4}`);
  assert.equal(log?.[0]?.message, 'line 5');
});

test('of a node that comes and goes, its way to ready and its newest phases are kept', () => {
  const node = 'us-west-2-1';
  const days = Array.from({ length: 1000 }, (_, index): FleetEvent[] => [
    { event: 'phase', time: 2 * index + 10, node, phase: 'degraded', reason: 'lost', hint: '' },
    phase(node, 'ready', 2 * index + 11),
  ]).flat();
  const way = [phase(node, 'pending', 1), phase(node, 'launching', 2), phase(node, 'ready', 3)];
  const few = fold(...way, ...days.slice(0, changeLimit)).nodes.get(node)?.timeline ?? [];
  assert.equal(few.length, way.length + changeLimit);
  assert.ok(few.every(({ until }) => until === undefined));

  const timeline = fold(...way, ...days).nodes.get(node)?.timeline ?? [];
  assert.deepEqual(timeline.slice(0, way.length), [
    { phase: 'pending', time: 1 },
    { phase: 'launching', time: 2 },
    // It was ready for 7 ms, however long ago the next phase that is kept began.
    { phase: 'ready', time: 3, until: 10 },
  ]);
  const newest = few.slice(-2).map(({ phase: name }) => name);
  assert.deepEqual(
    timeline.slice(way.length).map(({ phase: name, time }) => `${name} ${time}`),
    Array.from(
      { length: changeLimit },
      (_, index) => `${newest[index % 2]} ${2010 - changeLimit + index}`,
    ),
  );
});

test('a node that gets another machine keeps nothing of the one before but its past', () => {
  const before = fold(phase('us-west-2-1', 'ready', 1), {
    event: 'instance',
    time: 2,
    node: 'us-west-2-1',
    instanceId: 'i-1',
    region: 'us-west-2',
    address: '192.0.2.1',
    pricePerHour: 0.02,
  });
  const again = reduce(before, phase('us-west-2-1', 'pending', 3, 2)).nodes.get('us-west-2-1');
  assert.deepEqual(
    [again?.instanceId, again?.address, again?.pricePerHour],
    [undefined, undefined, undefined],
  );
  assert.equal(again?.earlier.length, 1);
  const same = { ...phase('us-west-2-1', 'pending', 3, 2), instanceId: 'i-1' };
  assert.equal(reduce(before, same).nodes.get('us-west-2-1')?.address, '192.0.2.1');
});

test('a node that somebody else gives another machine keeps nothing of the one before', () => {
  const node = 'us-west-2-1';
  const instance = { event: 'instance', time: 2, node, region: 'us-west-2' } as const;
  const before = fold(
    phase(node, 'ready', 1),
    { ...instance, instanceId: 'i-1', address: '192.0.2.1', pricePerHour: 0.02 },
    { event: 'health', time: 3, node, checks: [], services: [], containers: [] },
  );
  const known = before.nodes.get(node);
  assert.ok(known?.health !== undefined && known.pricePerHour === 0.02);
  const facts = (state: typeof before) => {
    const { address, health, instanceId, phase: now, pricePerHour } = state.nodes.get(node) ?? {};
    return { address, health, instanceId, phase: now, pricePerHour };
  };
  const other = {
    address: undefined,
    health: undefined,
    instanceId: 'i-2',
    pricePerHour: undefined,
  };
  const told = reduce(before, { ...instance, instanceId: 'i-2' });
  assert.deepEqual(facts(told), { ...other, phase: 'ready' });
  const entered = reduce(before, { ...phase(node, 'launching', 4, 2), instanceId: 'i-2' });
  assert.deepEqual(facts(entered), { ...other, phase: 'launching' });
  const same = reduce(before, { ...instance, instanceId: 'i-1', address: '192.0.2.7' });
  assert.deepEqual(facts(same), { ...facts(before), address: '192.0.2.7' });
});

test('nothing is told to run on a machine that is gone', () => {
  const node = 'us-west-2-1';
  const before = fold(phase(node, 'ready', 1), {
    event: 'health',
    time: 2,
    node,
    checks: [],
    services: [{ name: 'sensor.service', state: 'active', detail: 'running' }],
    containers: [],
  });
  const gone = { event: 'phase', time: 3, node, reason: 'gone' } as const;
  const healthAfter = (event: FleetEvent) => reduce(before, event).nodes.get(node)?.health;
  assert.equal(healthAfter({ ...gone, phase: 'terminated' }), undefined);
  assert.equal(healthAfter({ ...gone, phase: 'interrupted' }), undefined);
  assert.notEqual(healthAfter({ ...gone, phase: 'interrupted', deadline: 120_003 }), undefined);
});

test('what is asked of a node that is not there makes no node', () => {
  const { actions, nodes } = fold(
    { event: 'action', time: 1, id: 1, action: 'exec', state: 'started', nodes: ['x'], by: 'a@b' },
    {
      event: 'action-result',
      time: 2,
      node: 'x',
      id: 1,
      action: 'exec',
      status: 'skipped',
      detail: 'no such node',
    },
  );
  assert.equal(nodes.size, 0);
  assert.equal(actions[0]?.results.get('x')?.status, 'skipped');
});
