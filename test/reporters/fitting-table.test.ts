import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fittingTable,
  leftOutLine,
  type TableColumn,
} from '../../source/reporters/fitting-table.ts';

const columns: readonly TableColumn[] = [
  { title: 'NODE', cells: ['us-west-2-1', 'us-west-2-2'] },
  { title: 'ZONE', cells: ['us-west-2a', 'us-west-2b'], leaves: 1 },
  { title: 'LAUNCHED', cells: ['2026-11-24T05:31:22Z', '-'], short: ['5m ago', '-'], leaves: 2 },
  { title: 'STATE', cells: ['running', 'pending'] },
];

test('whoever reads a table from a pipe gets all of it', () => {
  const table = fittingTable(columns, undefined);
  assert.deepEqual(table.lines, [
    'NODE         ZONE        LAUNCHED              STATE',
    'us-west-2-1  us-west-2a  2026-11-24T05:31:22Z  running',
    'us-west-2-2  us-west-2b  -                     pending',
  ]);
  assert.deepEqual(leftOutLine(table), []);
});

test('a window that is just wide enough shows all of it', () => {
  assert.deepEqual(fittingTable(columns, 54), fittingTable(columns, undefined));
});

test('one that is narrower shows the short form, and leaves nothing out', () => {
  const table = fittingTable(columns, 53);
  assert.deepEqual(table.lines, [
    'NODE         ZONE        LAUNCHED  STATE',
    'us-west-2-1  us-west-2a  5m ago    running',
    'us-west-2-2  us-west-2b  -         pending',
  ]);
  assert.deepEqual(leftOutLine(table), []);
});

test('then columns leave, those first that are worth least, and it is said which', () => {
  const table = fittingTable(columns, 41);
  assert.deepEqual(table.lines, [
    'NODE         LAUNCHED  STATE',
    'us-west-2-1  5m ago    running',
    'us-west-2-2  -         pending',
  ]);
  assert.deepEqual(leftOutLine(table), [
    'Not in a window this narrow: ZONE. Through a pipe all columns come.',
  ]);
  assert.deepEqual(fittingTable(columns, 29).leftOut, ['ZONE', 'LAUNCHED']);
});

test('what a row is about stays in the narrowest window', () => {
  assert.equal(fittingTable(columns, 5).lines[1], 'us-west-2-1  running');
});
