import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import type { FleetState, NodeState } from '../../source/fleet/state.ts';
import { type FleetView, initialFleetView } from '../../source/ui/fleet-screen/fleet-view.ts';
import { createNodeOrder } from '../../source/ui/fleet-screen/node-order.ts';
import type { Sorting } from '../../source/ui/fleet-screen/node-sorting.ts';
import { enters, fails, fleetOf, logs, runsOn } from './events.ts';

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

describe('a large fleet', () => {
  const count = 5000;

  /** Nodes that count how often something is read of them. */
  const countedFleet = () => {
    let reads = 0;
    const nodes = new Map(
      Array.from({ length: count }, (_, index): [string, NodeState] => {
        const name = `us-west-2-${index + 1}`;
        const node = reduce(emptyFleet, enters(name, 'ready')).nodes.get(name);
        assert.ok(node !== undefined);
        const counted = new Proxy(node, {
          get(target, key) {
            reads++;
            return Reflect.get(target, key);
          },
        });
        return [name, counted];
      }),
    );
    const takeReads = () => {
      const taken = reads;
      reads = 0;
      return taken;
    };
    return { fleet: { ...emptyFleet, nodes } satisfies FleetState, takeReads };
  };

  for (const by of ['trouble', 'phase', 'time', 'zone'] as const) {
    test(`is not looked through again for one event, sorted by ${by}`, () => {
      const { fleet, takeReads } = countedFleet();
      const order = createNodeOrder();
      const filtered: FleetView = {
        ...view({ by }),
        filter: 'us-west !phase:failed',
        isGrouped: true,
      };
      const rows = order.rows(fleet, filtered);
      const groups = order.groups(fleet, filtered);
      assert.equal(rows.length, count);
      assert.ok(takeReads() >= count, 'all nodes are looked at once');

      const logged = reduce(fleet, logs('us-west-2-7', 'hello'));
      takeReads();
      assert.equal(order.rows(logged, filtered), rows);
      assert.equal(order.groups(logged, filtered), groups);
      order.selected(logged, filtered);
      assert.ok(takeReads() < 100);
    });
  }
});

describe('rows', () => {
  const fleet = [
    enters('us-west-2-1', 'ready', 30),
    runsOn('us-west-2-1', { zone: 'us-west-2b', instanceType: 't3.medium', address: '10.0.0.10' }),
    enters('us-west-2-2', 'booting', 20),
    runsOn('us-west-2-2', { zone: 'us-west-2a', instanceType: 'm6i.large', address: '10.0.0.9' }),
    enters('eu-west-1-1', 'ready', 10),
    runsOn('eu-west-1-1', { zone: 'eu-west-1a', instanceType: 't3.medium', address: '10.0.0.100' }),
    enters('eu-west-1-2', 'configuring', 5),
    fails('eu-west-1-2', 'no', 'try', 40),
  ].reduce(reduce, emptyFleet);
  const names = (changes: Partial<FleetView>) =>
    createNodeOrder()
      .rows(fleet, { ...initialFleetView, ...changes })
      .map((name) => name.replace('-west-', ''));
  const by = (key: Sorting['by'], isReversed = false) =>
    names({ sorting: { by: key, isReversed } });

  test('can be sorted by every column, what is equal by name', () => {
    assert.deepEqual(by('trouble'), ['eu1-2', 'eu1-1', 'us2-1', 'us2-2']);
    assert.deepEqual(by('node'), ['eu1-1', 'eu1-2', 'us2-1', 'us2-2']);
    assert.deepEqual(by('phase'), ['eu1-2', 'eu1-1', 'us2-1', 'us2-2']);
    assert.deepEqual(by('time'), ['eu1-2', 'us2-1', 'us2-2', 'eu1-1']);
    assert.deepEqual(by('zone'), ['eu1-2', 'eu1-1', 'us2-2', 'us2-1']);
    assert.deepEqual(by('type'), ['us2-2', 'eu1-1', 'us2-1', 'eu1-2']);
    assert.deepEqual(by('address'), ['us2-2', 'us2-1', 'eu1-1', 'eu1-2']);
  });

  test('can be inverted; what is not known yet stays at the end', () => {
    assert.deepEqual(by('trouble', true), ['eu1-1', 'us2-1', 'us2-2', 'eu1-2']);
    assert.deepEqual(by('node', true), ['us2-2', 'us2-1', 'eu1-2', 'eu1-1']);
    assert.deepEqual(by('time', true), ['eu1-1', 'us2-2', 'us2-1', 'eu1-2']);
    assert.deepEqual(by('type', true), ['eu1-1', 'us2-1', 'us2-2', 'eu1-2']);
    assert.deepEqual(by('address', true), ['eu1-1', 'us2-1', 'us2-2', 'eu1-2']);
  });

  test('come region by region, each in the order that was asked for', () => {
    const order = createNodeOrder();
    const grouped: FleetView = { ...view({ by: 'phase' }), isGrouped: true };
    assert.deepEqual(order.rows(fleet, grouped), [
      'eu-west-1-2',
      'eu-west-1-1',
      'us-west-2-1',
      'us-west-2-2',
    ]);
    assert.deepEqual(order.groups(fleet, grouped), [
      { region: 'eu-west-1', start: 0, count: 2 },
      { region: 'us-west-2', start: 2, count: 2 },
    ]);
    assert.deepEqual(order.groups(fleet, { ...grouped, filter: 'us' }), [
      { region: 'us-west-2', start: 0, count: 2 },
    ]);
    assert.deepEqual(order.groups(fleet, view()), []);
  });

  test('follow a node into the filter and out of it', () => {
    const order = createNodeOrder();
    const ready: FleetView = { ...view(), filter: 'phase:ready' };
    assert.deepEqual(order.rows(fleet, ready), ['eu-west-1-1', 'us-west-2-1']);
    const later = reduce(fleet, enters('us-west-2-2', 'ready', 50));
    assert.deepEqual(order.rows(later, ready), ['eu-west-1-1', 'us-west-2-1', 'us-west-2-2']);
    const worse = reduce(later, fails('eu-west-1-1', 'no'));
    assert.deepEqual(order.rows(worse, ready), ['us-west-2-1', 'us-west-2-2']);
    assert.ok(order.isShown(worse, ready, 'us-west-2-2'));
    assert.ok(!order.isShown(worse, ready, 'eu-west-1-1'));
    assert.deepEqual(order.rows(emptyFleet, ready), []);
  });

  test('of a fleet that goes back in time are those of that time', () => {
    const order = createNodeOrder();
    const early = [enters('us-west-2-2', 'ready')].reduce(reduce, emptyFleet);
    assert.equal(order.rows(fleet, view()).length, 4);
    assert.deepEqual(order.rows(early, view()), ['us-west-2-2']);
    assert.deepEqual(order.byName(fleet), [
      'eu-west-1-1',
      'eu-west-1-2',
      'us-west-2-1',
      'us-west-2-2',
    ]);
  });
});

test('a cursor goes along with a node that is launched in another region', () => {
  const order = createNodeOrder();
  const fleet = fleetOf(3).reduce(reduce, emptyFleet);
  const [node, to] = ['us-west-2-2', 'us-east-1-1'];
  const moved = reduce(
    reduce(fleet, { event: 'moved', time: 0, node, to, reason: 'no capacity in us-west-2' }),
    enters(to, 'launching'),
  );
  assert.equal(order.selected(fleet, view({}, node)), node);
  assert.equal(order.selected(moved, view({}, node)), to);
  assert.ok(!order.rows(moved, view()).includes(node));
});

describe('a cursor on a node that the filter hides', () => {
  test('is on the node that takes its place, and back once the node is', () => {
    const order = createNodeOrder();
    const fleet = fleetOf(5).reduce(reduce, emptyFleet);
    const ready: FleetView = { ...view({}, 'us-west-2-3'), filter: 'phase:ready' };
    assert.equal(order.selected(fleet, ready), 'us-west-2-3');
    const failed = reduce(fleet, fails('us-west-2-3', 'no'));
    assert.equal(order.selected(failed, ready), 'us-west-2-4');
    assert.equal(order.selected(failed, { ...ready, filter: 'nothing' }), undefined);
    assert.equal(order.selected(failed, { ...ready, filter: '' }), 'us-west-2-3');
  });

  test('is on the last one where there is no other below', () => {
    const order = createNodeOrder();
    const fleet = fleetOf(3).reduce(reduce, emptyFleet);
    const ready: FleetView = { ...view({}, 'us-west-2-3'), filter: 'phase:ready' };
    assert.equal(order.selected(fleet, ready), 'us-west-2-3');
    assert.equal(order.selected(reduce(fleet, fails('us-west-2-3', 'no')), ready), 'us-west-2-2');
  });

  test('is on the first row where none was chosen', () => {
    const order = createNodeOrder();
    const fleet = [...fleetOf(3), fails('us-west-2-3', 'no')].reduce(reduce, emptyFleet);
    assert.equal(order.selected(fleet, view()), 'us-west-2-1');
    assert.equal(order.selected(fleet, { ...view(), filter: 'us' }), 'us-west-2-3');
  });
});

test('what was moved one by one is where sorting all would put it', () => {
  const events = (pick: (most: number) => number) => {
    const name = `us-west-2-${pick(60) + 1}`;
    const seconds = pick(900);
    return [
      enters(name, 'ready', seconds),
      enters(name, 'configuring', seconds),
      fails(name, 'no', 'try again', seconds),
      logs(name, 'hello'),
      runsOn(name, { instanceType: ['t3.medium', 'm7g.large'][pick(2)] ?? '' }),
    ][pick(5)];
  };
  // The same numbers each time.
  let seed = 1;
  const pick = (most: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  for (const by of ['trouble', 'node', 'phase', 'time', 'type'] as const) {
    for (const isReversed of [false, true]) {
      for (const more of [{}, { filter: '!ready' }, { isGrouped: true }]) {
        const order = createNodeOrder();
        const table = { ...view({ by, isReversed }), ...more };
        let fleet = fleetOf(60).reduce(reduce, emptyFleet);
        for (let step = 0; step < 80; step++) {
          const event = events(pick);
          if (event !== undefined) fleet = reduce(fleet, event);
          assert.deepEqual(order.rows(fleet, table), createNodeOrder().rows(fleet, table));
        }
      }
    }
  }
});
