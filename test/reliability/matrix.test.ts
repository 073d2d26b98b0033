import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMatrix } from './matrix.ts';
import { matrixTable, violationReport } from './matrix-table.ts';

test('whatever goes wrong, nothing is orphaned, duplicated, taken for ready, untrue or revealed', async () => {
  const records = await runMatrix({ seeds: 7, from: 1, workers: 2, concurrency: 10 });
  process.stdout.write(`${matrixTable(records)}\n`);
  const violated = records.filter(({ violations }) => violations.length > 0);
  assert.equal(violated.length, 0, violated.map(violationReport).join('\n'));
  assert.ok(records.length >= 500, `${records.length} runs`);
});
