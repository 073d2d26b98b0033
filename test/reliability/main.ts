import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runMatrix } from './matrix.ts';
import { matrixTable, violationReport } from './matrix-table.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    fault: { type: 'string', default: '' },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    concurrency: { type: 'string', default: '8' },
    log: { type: 'boolean', default: false },
  },
});

/** Runs between two lines that say how far it is. */
const stride = 100;

const begin = performance.now();
let done = 0;
const records = await runMatrix({
  seeds: Number(values.seeds),
  from: Number(values.from),
  fault: values.fault,
  workers: Number(values.workers),
  concurrency: Number(values.concurrency),
  onRecord: (record) => {
    done += 1;
    if (done % stride === 0) {
      const seconds = Math.round((performance.now() - begin) / 1000);
      process.stderr.write(`${done} runs in ${seconds} s\n`);
    }
    if (record.violations.length > 0) {
      process.stderr.write(`${violationReport(values.log ? record : { ...record, log: [] })}\n`);
    }
  },
});
process.stdout.write(`${matrixTable(records)}\n`);
process.stdout.write(`${((performance.now() - begin) / 1000).toFixed(0)} s\n`);
process.exitCode = records.some(({ violations }) => violations.length > 0) ? 1 : 0;
