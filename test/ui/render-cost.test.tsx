import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Elapsed } from '../../source/ui/elapsed.tsx';
import { DetailPane } from '../../source/ui/fleet-screen/detail-pane.tsx';
import { NodeRow } from '../../source/ui/fleet-screen/node-row.tsx';
import { NodeTable } from '../../source/ui/fleet-screen/node-table.tsx';
import { begins, enters, fails, fleetOf, logs, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';
import { takeRendered } from './render-counter.ts';

afterEach(cleanup);

/** How often each component was rendered since the last call, by its name. */
const count = () => {
  const names = new Map<unknown, string>([
    [NodeRow, 'NodeRow'],
    [NodeTable, 'NodeTable'],
    [DetailPane, 'DetailPane'],
    [Elapsed, 'Elapsed'],
  ]);
  const counts: Record<string, number> = {};
  for (const { component } of takeRendered()) {
    const own = typeof component === 'function' ? component.name : '';
    const name = names.get(component) ?? own;
    if (name !== '') counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

/** The nodes whose rows were rendered since the last call. */
const renderedRows = () =>
  takeRendered()
    .filter(({ component }) => component === NodeRow)
    .map(({ props }) => (props as { readonly name: string }).name);

test('only visible rows are rendered, however many nodes there are', async () => {
  takeRendered();
  const { rowsOfTable } = await show(fleetOf(2000));
  const rows = new Set(renderedRows());
  assert.ok(rowsOfTable().length < 20);
  assert.ok(rows.size <= 60, `${rows.size} rows`);
});

test('an event of a node that is not visible renders no row', async () => {
  const { happen } = await show(fleetOf(2000));
  takeRendered();
  await happen(logs('us-west-2-1999', 'hello'));
  assert.deepEqual(count(), {});
});

test('an event of a visible node renders its row and no other', async () => {
  const { happen, line } = await show(fleetOf(2000));
  takeRendered();
  await happen(logs('us-west-2-3', 'hello'));
  assert.deepEqual(renderedRows(), ['us-west-2-3']);
  assert.match(line(' us-west-2-3 '), /hello/);
});

test('a burst of events renders a row once', async () => {
  const { happen } = await show(fleetOf(2000));
  takeRendered();
  const burst = Array.from({ length: 500 }, (_, index) => logs('us-west-2-3', `line ${index}`));
  await happen(...burst);
  assert.deepEqual(renderedRows(), ['us-west-2-3']);
});

test('a frame of the spinner renders the spinners of visible rows and nothing else', async () => {
  const { time, press, rowsOfTable } = await show(fleetOf(2000, 'booting'));
  await press('j');
  takeRendered();
  time.passFrame();
  await press('');
  const { Spinner = 0, Text = 0, ...others } = count();
  assert.equal(Spinner, rowsOfTable().length);
  assert.equal(Text, rowsOfTable().length);
  assert.deepEqual(others, {});
});

test('nothing listens to the frames of spinners where nothing spins', async () => {
  const { time } = await show([...fleetOf(200), enters('us-west-2-200', 'booting')]);
  assert.equal(time.listeners.frame.size, 0);
});

test('a second renders the times that changed, and no row', async () => {
  const { time, press, rowsOfTable } = await show([begins(), ...fleetOf(2000, 'booting')]);
  await press('j');
  takeRendered();
  time.passSeconds(1);
  await press('');
  const counts = count();
  assert.equal(counts.Elapsed, rowsOfTable().length);
  assert.equal(counts.NodeRow, undefined);
  assert.equal(counts.NodeTable, undefined);
});

test('a second renders nothing where times are shown in minutes and have not changed', async () => {
  const { time, press } = await show(
    fleetOf(5).map((event) => ({ ...event, time: start - 7_200_000 })),
  );
  await press('j');
  takeRendered();
  time.passSeconds(1);
  await press('');
  assert.deepEqual(count(), {});
});

test('moving the selection renders the row that loses and the row that gets it', async () => {
  const { press } = await show(fleetOf(2000));
  await press('j');
  takeRendered();
  await press(keyboard.down);
  assert.deepEqual(renderedRows().toSorted(), ['us-west-2-2', 'us-west-2-3']);
});

test('a node that fails out of view brings one row into view and renders that alone', async () => {
  const { happen } = await show(fleetOf(2000));
  takeRendered();
  await happen(fails('us-west-2-1999', 'no'));
  assert.deepEqual(renderedRows(), ['us-west-2-1999']);
});

test('selecting a node renders its row and the one that the cursor goes to', async () => {
  const { press } = await show(fleetOf(2000));
  await press('j');
  takeRendered();
  await press(' ');
  assert.deepEqual(new Set(renderedRows()), new Set(['us-west-2-2', 'us-west-2-3']));
});

test('a filtered table by region renders nothing for an event that moves no row', async () => {
  const { press, happen } = await show(fleetOf(2000));
  await press('b', '/west', '\r', '*');
  takeRendered();
  await happen(logs('us-west-2-1999', 'hello'));
  assert.deepEqual(count(), {});
  await happen(logs('us-west-2-3', 'hello'));
  assert.deepEqual(renderedRows(), ['us-west-2-3']);
});
