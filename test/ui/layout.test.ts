import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layOutColumns, rowWidth } from '../../source/ui/fleet-screen/columns.ts';
import { layOutFrame } from '../../source/ui/fleet-screen/frame-layout.ts';
import { windowOffset } from '../../source/ui/fleet-screen/window-offset.ts';

const typical = { node: 11, zone: 10, type: 9, address: 15 };
const longest = { node: 26, zone: 18, type: 14, address: 24 };
const idsAt = (width: number, content = typical) =>
  layOutColumns(width, content).map(({ id }) => id);

describe('columns', () => {
  test('the essential ones are there at 80 columns, more of them at 120 and 200', () => {
    assert.deepEqual(idsAt(80), ['node', 'phase', 'time', 'log']);
    assert.deepEqual(idsAt(120), ['node', 'zone', 'type', 'address', 'phase', 'time', 'log']);
    assert.deepEqual(idsAt(200), [
      'node',
      'zone',
      'instance',
      'type',
      'price',
      'address',
      'phase',
      'time',
      'log',
    ]);
  });

  test('never take more than the window, and leave nothing unused', () => {
    for (const content of [typical, longest]) {
      for (let width = 40; width <= 300; width++) {
        const columns = layOutColumns(width, content);
        assert.ok(rowWidth(columns) < width, `${width}`);
        if (columns.at(-1)?.id === 'log') assert.equal(rowWidth(columns), width - 1);
        for (const id of ['node', 'phase', 'time']) assert.ok(columns.some((one) => one.id === id));
      }
    }
  });

  test('a wider window never shows fewer columns', () => {
    for (let width = 41; width <= 300; width++) {
      assert.ok(idsAt(width).length >= idsAt(width - 1).length, `${width}`);
    }
  });
});

describe('rows of the window', () => {
  test('are all used, for every size and number of nodes', () => {
    for (let rows = 10; rows <= 100; rows++) {
      for (const nodes of [0, 1, 5, 12, 40, 2000]) {
        for (const isPaneTall of [false, true]) {
          const layout = layOutFrame({ rows, lines: nodes, isPaneTall, platform: 'linux' });
          assert.equal(layout.height, rows);
          assert.equal(layout.header + layout.table + layout.pane + 4, rows);
          assert.ok(layout.table >= 1);
          assert.ok(layout.pane === 0 || layout.pane >= 4, `${rows} rows, ${nodes} nodes`);
        }
      }
    }
  });

  test('are one less on Windows, whose consoles scroll when the last one is written', () => {
    const layout = layOutFrame({ rows: 24, lines: 5, isPaneTall: false, platform: 'win32' });
    assert.equal(layout.height, 23);
  });

  test('go to the nodes as long as the pane keeps a useful size', () => {
    const tableOf = (nodes: number) =>
      layOutFrame({ rows: 40, lines: nodes, isPaneTall: false, platform: 'linux' }).table;
    assert.equal(tableOf(12), 12);
    assert.equal(tableOf(23), 23);
    assert.ok(tableOf(2000) < 30);
  });
});

describe('the first visible row', () => {
  test('stays while the selected row is visible, and follows it otherwise', () => {
    const at = (selected: number, previous: number) =>
      windowOffset({ count: 100, height: 10, selected, previous });
    assert.equal(at(5, 0), 0);
    assert.equal(at(9, 0), 0);
    assert.equal(at(10, 0), 1);
    assert.equal(at(50, 0), 41);
    assert.equal(at(50, 45), 45);
    assert.equal(at(3, 45), 3);
    assert.equal(at(99, 95), 90);
  });

  test('is the first one where all fit, and where nothing is selected', () => {
    assert.equal(windowOffset({ count: 5, height: 10, selected: 4, previous: 3 }), 0);
    assert.equal(windowOffset({ count: 0, height: 10, selected: -1, previous: 3 }), 0);
  });
});
