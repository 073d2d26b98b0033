import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import { initialFleetView } from '../../source/ui/fleet-screen/fleet-view.ts';
import { forgetGone, toggleMark } from '../../source/ui/fleet-screen/mark-nodes.ts';
import { targetNodes } from '../../source/ui/keys/targets.ts';
import { begins, fails, fleetOf } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

for (const size of sizes) {
  describe(`at ${size.columns}x${size.rows}`, () => {
    const dashboard = async (count: number) => {
      const shown = await show([begins(), ...fleetOf(count)], size);
      return {
        ...shown,
        /** Numbers of the nodes whose rows are marked. */
        marked: () =>
          shown
            .lines()
            .map((line) => /^[› ]●us-west-2-(\d+) /.exec(line)?.[1])
            .filter((number) => number !== undefined)
            .map(Number),
        targets: () => targetNodes(shown.model),
      };
    };

    test('space selects a node and goes on to the next, and takes it back', async () => {
      const { press, marked, selected, screen, targets } = await dashboard(5);
      await press(' ', ' ');
      assert.deepEqual(marked(), [1, 2]);
      assert.equal(selected(), 'us-west-2-3');
      assert.match(screen(), /2 selected/);
      assert.deepEqual(targets(), ['us-west-2-1', 'us-west-2-2']);
      await press('g', ' ');
      assert.deepEqual(marked(), [2]);
      assert.match(screen(), /1 selected/);
      await press(keyboard.escape);
      assert.deepEqual(marked(), []);
      assert.doesNotMatch(screen(), /selected/);
      assert.deepEqual(targets(), ['us-west-2-2'], 'the one under the cursor');
    });

    test('space stays on the last node', async () => {
      const { press, marked, selected } = await dashboard(3);
      await press('G', ' ');
      assert.deepEqual(marked(), [3]);
      assert.equal(selected(), 'us-west-2-3');
    });

    test('v selects from the last one that was selected to the cursor, in both directions', async () => {
      const { press, marked, screen } = await dashboard(9);
      await press('v');
      assert.match(screen(), /Space selects where a range begins/);
      await press('j', 'j', ' ', 'j', 'j', 'v');
      assert.deepEqual(marked(), [3, 4, 5, 6]);
      await press('g', 'v');
      assert.deepEqual(marked(), [1, 2, 3, 4, 5, 6]);
      assert.match(screen(), /6 selected/);
    });

    test('v says where the filter hides the beginning of the range', async () => {
      const { press, marked, screen } = await dashboard(9);
      await press(' ', '/', '!2-1', keyboard.enter, 'j', 'v');
      assert.match(screen(), /us-west-2-1, where the range begins, is hidden by the filter/);
      assert.deepEqual(marked(), []);
    });

    test('* selects all that the filter lets through, again none of them', async () => {
      const { press, screen, targets } = await dashboard(30);
      await press('G', ' ', '/', '2-1', keyboard.enter, '*');
      assert.equal(targets().length, 12, '1, 10 to 19, and 30');
      assert.match(screen(), /12 selected, 1 hidden/);
      await press('*');
      assert.deepEqual(targets(), ['us-west-2-30'], 'what is hidden stays selected');
      assert.match(screen(), /1 selected, 1 hidden/);
      await press('*', keyboard.escape);
      assert.doesNotMatch(screen(), /selected/);
      assert.match(screen(), /11 of 30/, 'the filter is the next that Esc takes away');
      await press(keyboard.escape, '*');
      assert.match(screen(), /30 selected/);
    });

    test('Esc takes away the tall pane, then the selection, then the filter, one at a time', async () => {
      const { press, screen, rowsOfTable, outcomes } = await dashboard(30);
      await press('/', '2-1', keyboard.enter);
      const rows = rowsOfTable().length;
      await press(' ', keyboard.tab);
      assert.ok(rowsOfTable().length < rows);
      await press(keyboard.escape);
      assert.equal(rowsOfTable().length, rows);
      assert.match(screen(), /1 selected/);
      await press(keyboard.escape);
      assert.doesNotMatch(screen(), /selected/);
      assert.match(screen(), /\/2-1 {2}11 of 30/);
      await press(keyboard.escape);
      assert.doesNotMatch(screen(), /of 30 *\n━/);
      await press(keyboard.escape);
      assert.deepEqual(outcomes, []);
    });

    test('a selection stays with its nodes when the order changes', async () => {
      const { press, targets, happen, lines } = await dashboard(9);
      await press('j', ' ');
      await happen(fails('us-west-2-2', 'no'));
      await press('b', '>', '>', 'I');
      assert.deepEqual(targets(), ['us-west-2-2']);
      assert.equal(lines().filter((line) => line.startsWith(' ●us-west-2-2 ')).length, 1);
    });

    test('selecting keeps the frame, with 2,000 nodes as well', async () => {
      const { press, lines, width, screen } = await dashboard(2000);
      await press('*', 'b', 'G');
      assert.match(screen(), /2000 selected/);
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
    });
  });
}

test('without nodes there is nothing to select, and that is said', async () => {
  const { press, screen } = await show([begins()]);
  for (const key of [' ', 'v', '*']) {
    await press(key);
    assert.match(screen(), /There is no node yet/);
    await press('b');
  }
});

test('selected rows are marked in ASCII where the terminal has no more', async () => {
  const { press, lines, screen } = await show(fleetOf(3), { hasUnicode: false });
  await press(' ', 'k');
  assert.ok(lines().some((line) => line.startsWith('>*us-west-2-1 ')));
  assert.match(screen(), /1 selected/);
});

test('nodes that are gone are no longer selected, even when they come again', () => {
  const fleet = fleetOf(1).reduce(reduce, emptyFleet);
  const both = ['us-west-2-1', 'us-west-2-2'].reduce(toggleMark, initialFleetView);
  const left = forgetGone(both, (name) => fleet.nodes.has(name));
  assert.deepEqual([...left.marked], ['us-west-2-1']);
  assert.equal(left.anchor, undefined);
  assert.equal(
    forgetGone(left, (name) => fleet.nodes.has(name)),
    left,
  );
});
