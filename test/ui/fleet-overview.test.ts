import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import type { FleetState } from '../../source/fleet/state.ts';
import { createContentMeasure } from '../../source/ui/fleet-screen/columns.ts';
import { createOverview } from '../../source/ui/fleet-screen/fleet-overview.ts';
import { begins, enters, fails, logs, reclaims, runsOn, start } from './events.ts';

const node = fc.integer({ min: 1, max: 6 }).map((number) => `us-west-2-${number}`);
const seconds = fc.integer({ min: 0, max: 900 });

const event: fc.Arbitrary<FleetEvent> = fc.oneof(
  fc.tuple(node, seconds).map(([name, at]) => enters(name, 'ready', at)),
  fc.tuple(node, seconds).map(([name, at]) => enters(name, 'configuring', at)),
  fc.tuple(node, seconds).map(([name, at]) => fails(name, 'no', 'try again', at)),
  node.map(reclaims),
  node.map((name) => logs(name, 'hello')),
  fc
    .tuple(node, fc.constantFrom(0.1, 0.2, 0.3), fc.constantFrom('t3.medium', 'c7gn.metal'))
    .map(([name, pricePerHour, instanceType]) => runsOn(name, { pricePerHour, instanceType })),
  node.map((name) => runsOn(name, { instanceId: 'i-1', address: '2001:db8::1234:5678' })),
  fc
    .tuple(node, node)
    .map(
      ([name, to]): FleetEvent => ({ event: 'moved', time: start, node: name, to, reason: 'full' }),
    ),
);

test('what is remembered of a fleet is what would be found by looking at all of it', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const overview = createOverview();
      const measure = createContentMeasure();
      const states: FleetState[] = [];
      let state = [begins('bench', 'create', 6)].reduce(reduce, emptyFleet);
      for (const next of events) {
        state = reduce(state, next);
        states.push(state);
      }
      // A recording is played backwards as well, and in jumps.
      for (const each of [
        ...states,
        ...states.toReversed().filter((_, index) => index % 3 === 0),
      ]) {
        assert.deepEqual(overview(each), createOverview()(each));
        assert.deepEqual(measure(each), createContentMeasure()(each));
      }
    }),
  );
});

test('an event of one node of thousands looks at no other', () => {
  let reads = 0;
  const nodes = Array.from({ length: 5000 }, (_, index) => enters(`us-west-2-${index}`, 'ready'));
  const fleet = nodes.reduce(
    (state, next) => reduce(state, next),
    [begins()].reduce(reduce, emptyFleet),
  );
  const counted = new Map(
    [...fleet.nodes].map(([name, known]) => [
      name,
      new Proxy(known, {
        get(target, key, receiver) {
          reads++;
          return Reflect.get(target, key, receiver);
        },
      }),
    ]),
  );
  const before = { ...fleet, nodes: counted };
  const overview = createOverview();
  const measure = createContentMeasure();
  overview(before);
  measure(before);
  reads = 0;
  const after = reduce(before, logs('us-west-2-17', 'hello'));
  reads = 0;
  assert.equal(overview(after).nodes, 5000);
  measure(after);
  assert.ok(reads < 40, `${reads} reads`);
});
