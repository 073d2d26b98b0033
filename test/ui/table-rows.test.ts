import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isFirstOfRegion,
  lineCount,
  lineOfNode,
  type TableContent,
  type TableRow,
  tableRows,
} from '../../source/ui/fleet-screen/table-rows.ts';

/** A table of regions with this many nodes each. */
const tableOf = (counts: readonly number[]): TableContent => {
  const rows: string[] = [];
  const groups = counts.map((count, index) => {
    const start = rows.length;
    for (let node = 1; node <= count; node++) rows.push(`${index}-${node}`);
    return { region: `${index}`, start, count };
  });
  return { rows, groups };
};

const tables = fc
  .array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 })
  .map(tableOf);

/** All lines, made the simple way. */
const allLines = ({ rows, groups }: TableContent): TableRow[] =>
  groups.flatMap((group): TableRow[] => [
    { type: 'region', group },
    ...rows
      .slice(group.start, group.start + group.count)
      .map((name) => ({ type: 'node' as const, name })),
  ]);

test('every part of a grouped table shows the lines that are there', () => {
  fc.assert(
    fc.property(tables, fc.nat(250), fc.integer({ min: 1, max: 60 }), (table, offset, height) => {
      const lines = allLines(table);
      assert.equal(lineCount(table), lines.length);
      assert.deepEqual(tableRows(table, offset, height), lines.slice(offset, offset + height));
    }),
  );
});

test('a node is on the line that it is said to be on', () => {
  fc.assert(
    fc.property(tables, (table) => {
      const lines = allLines(table);
      for (const [index, name] of table.rows.entries()) {
        const line = lineOfNode(index, table);
        assert.deepEqual(lines[line], { type: 'node', name });
        assert.equal(isFirstOfRegion(index, table), lines[line - 1]?.type === 'region');
      }
      assert.equal(lineOfNode(-1, table), -1);
    }),
  );
});

test('a table without groups is its rows', () => {
  const table = { rows: ['a', 'b', 'c'], groups: [] };
  assert.equal(lineCount(table), 3);
  assert.deepEqual(tableRows(table, 1, 5), [
    { type: 'node', name: 'b' },
    { type: 'node', name: 'c' },
  ]);
});
