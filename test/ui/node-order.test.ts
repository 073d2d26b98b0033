import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import { type FleetView, initialFleetView } from '../../source/ui/fleet-screen/fleet-view.ts';
import { createNodeOrder } from '../../source/ui/fleet-screen/node-order.ts';
import type { Sorting } from '../../source/ui/fleet-screen/node-sorting.ts';
import { enters, fails, fleetOf, logs } from './events.ts';

const view = (sorting: Partial<Sorting> = {}, selected?: string): FleetView => ({
  ...initialFleetView,
  sorting: { ...initialFleetView.sorting, ...sorting },
  ...(selected === undefined ? {} : { selected }),
});

test('the order is the same array for as long as it says the same', () => {
  const order = createNodeOrder();
  const before = fleetOf(20).reduce(reduce, emptyFleet);
  const rows = order.rows(before, view());
  const logged = reduce(before, logs('us-west-2-7', 'hello'));
  assert.equal(order.rows(logged, view()), rows);
  const failed = reduce(logged, fails('us-west-2-7', 'no'));
  assert.notEqual(order.rows(failed, view()), rows);
  assert.equal(order.rows(failed, view())[0], 'us-west-2-7');
});

test('a new node takes its place', () => {
  const order = createNodeOrder();
  const before = [enters('us-west-2-1', 'ready'), enters('us-west-2-10', 'ready')].reduce(
    reduce,
    emptyFleet,
  );
  assert.deepEqual(order.rows(before, view({ by: 'node' })), ['us-west-2-1', 'us-west-2-10']);
  const after = reduce(before, enters('us-west-2-2', 'pending'));
  assert.deepEqual(order.rows(after, view({ by: 'node' })), [
    'us-west-2-1',
    'us-west-2-2',
    'us-west-2-10',
  ]);
});

test('the chosen node is selected for as long as it is there, else the first by name', () => {
  const order = createNodeOrder();
  const fleet = fleetOf(3).reduce(reduce, emptyFleet);
  assert.equal(order.selected(fleet, view({}, 'us-west-2-3')), 'us-west-2-3');
  assert.equal(order.selected(fleet, view({}, 'us-west-2-9')), 'us-west-2-1');
  assert.equal(order.selected(fleet, view()), 'us-west-2-1');
  assert.equal(order.selected(emptyFleet, view()), undefined);
});
