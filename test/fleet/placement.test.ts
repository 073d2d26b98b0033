import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../source/config/config.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { pipelinePhases } from '../../source/events/phase.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;
const [west, east] = ['us-west-2', 'us-east-1'];

const open = async (context: TestContext, more: Partial<Config>) => {
  const fleet = await FleetUnderTest.open([west, east], more);
  context.after(() => fleet.close());
  return fleet;
};

const refusal = { kind: 'refuse-capacity', region: west } as const;

const phases = (fleet: FleetUnderTest) =>
  Object.fromEntries([...fleet.nodes].map(([name, { phase }]) => [name, phase]).sort());

const moves = (events: readonly FleetEvent[]) =>
  events.flatMap((event) => (event.event === 'moved' ? `${event.node} → ${event.to}` : [])).sort();

test('nodes that their region has nothing for are launched in another, under its names', async (context) => {
  const fleet = await open(context, { totalInstances: 3 });
  await fleet.refuse({ ...refusal, available: 1 });
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), {
    'us-east-1-1': 'ready',
    'us-east-1-2': 'ready',
    'us-west-2-1': 'ready',
  });
  assert.deepEqual(moves(fleet.events), ['us-west-2-2 → us-east-1-2']);
  assert.match(
    fleet.notices.join('\n'),
    /^us-west-2: 1 of 2 nodes found no capacity \(t3\.medium in us-west-2\w.*: InsufficientInstanceCapacity\): launched in us-east-1 instead$/m,
  );
  assert.equal(fleet.controller.fatalExitStatus, 0);
  // Each is told once, from its first phase on.
  const told = fleet.events.flatMap((event) =>
    event.event === 'phase' && event.node === 'us-east-1-2' ? event.phase : [],
  );
  assert.deepEqual(told, pipelinePhases);

  // They count wherever they are, also once the region has capacity again.
  fleet.clearFaults();
  const again = fleet.openElsewhere(() => undefined);
  await again.create(never);
  await again.close();
  assert.equal(fleet.launchedInstances.length, 3);
});

test('where no region has anything, nodes fail where they were meant to be, with EC2’s reason', async (context) => {
  const fleet = await open(context, { totalInstances: 3 });
  await fleet.refuse({ kind: 'refuse-capacity' });
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), {
    'us-east-1-1': 'failed',
    'us-west-2-1': 'failed',
    'us-west-2-2': 'failed',
  });
  const { trouble } = fleet.node('us-west-2-1');
  assert.equal(trouble?.failedPhase, 'launching');
  assert.match(trouble?.reason ?? '', /^us-west-2: can't launch .*InsufficientInstanceCapacity/);
  assert.match(
    fleet.notices.join('\n'),
    /us-west-2: 2 of 2 nodes found no capacity .*: nothing for 2 in any other region$/m,
  );
  assert.equal(fleet.controller.fatalExitStatus, 1);
  assert.deepEqual(moves(fleet.events), []);
});

test('a price limit is not called a lack of capacity', async (context) => {
  const fleet = await open(context, { totalInstances: 1 });
  await fleet.refuse({ ...refusal, code: 'SpotMaxPriceTooLow' });
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), { 'us-east-1-1': 'ready' });
  assert.match(
    fleet.notices.join('\n'),
    /^us-west-2: 1 of 1 node found nothing within the price limit \(.*launched in us-east-1 instead$/m,
  );
});

test('nodes are launched on demand, at home, only where no region has spot capacity', async (context) => {
  const fleet = await open(context, { onDemandFallback: true, totalInstances: 1 });
  await fleet.refuse({ ...refusal, lifecycle: 'spot' });
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), { 'us-east-1-1': 'ready' });
  assert.equal(fleet.node('us-east-1-1').lifecycle, 'spot');

  const poor = await open(context, { onDemandFallback: true, totalInstances: 1 });
  await poor.refuse({ kind: 'refuse-capacity', lifecycle: 'spot' });
  await poor.controller.create(never);
  assert.deepEqual(phases(poor), { 'us-west-2-1': 'ready' });
  assert.equal(poor.node('us-west-2-1').lifecycle, 'on-demand');
  assert.match(poor.notices.join('\n'), /no spot capacity for us-west-2-1: launching on demand/);
});

test('a fleet that is to be spread fails where it has no capacity', async (context) => {
  const fleet = await open(context, { placement: 'spread', totalInstances: 1 });
  await fleet.refuse(refusal);
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), { 'us-west-2-1': 'failed' });
  assert.equal(fleet.controller.fatalExitStatus, 1);
});

test('what is no lack of capacity is the same elsewhere: nothing moves', async (context) => {
  const fleet = await open(context, { totalInstances: 1 });
  await fleet.refuse({
    kind: 'deny',
    region: west,
    action: 'CreateFleet',
    code: 'UnauthorizedOperation',
  });
  await fleet.controller.create(never);
  assert.deepEqual(phases(fleet), { 'us-west-2-1': 'failed' });
  assert.equal(fleet.controller.fatalExitStatus, 3);
});

test('two that meet the same shortage at once make one fleet', async (context) => {
  const fleet = await open(context, { totalInstances: 2 });
  await fleet.refuse(refusal);
  const other = fleet.openElsewhere(() => undefined);
  await Promise.all([fleet.controller.create(never), other.create(never)]);
  await other.close();
  assert.equal(fleet.launchedInstances.length, 2);
  assert.deepEqual(phases(fleet), { 'us-east-1-1': 'ready', 'us-east-1-2': 'ready' });
});

test('what is asked for goes where there is room, and its action says as what', async (context) => {
  const fleet = await open(context, { totalInstances: 1 });
  await fleet.refuse({ kind: 'refuse-capacity' });
  await fleet.controller.create(never);
  fleet.clearFaults();
  await fleet.refuse(refusal);
  const { actions } = fleet.controller;
  const asked = async (id: number) => Object.entries(await fleet.outcome(id)).join();
  // The other region has just refused: it is not asked for nodes of others, but for its own.
  assert.match(
    await asked(actions.retry(['us-west-2-1'])),
    /^us-west-2-1,failed: launching: us-west-2: can't launch/,
  );
  assert.match(await asked(actions.launch(1, east)), /^us-east-1-1,succeeded: ready after/);
  // What is wanted in one region is launched there or not at all.
  assert.match(
    await asked(actions.launch(1, west)),
    /^us-west-2-1,failed: launching: us-west-2: can't launch/,
  );
  assert.match(
    await asked(actions.retry(['us-west-2-1'])),
    /^us-west-2-1,succeeded: ready as us-east-1-2 after/,
  );
  assert.deepEqual(phases(fleet), { 'us-east-1-1': 'ready', 'us-east-1-2': 'ready' });
});
