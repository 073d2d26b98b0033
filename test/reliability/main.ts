import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runMatrix } from './matrix.ts';
import { matrixTable, violationReport } from './matrix-table.ts';
import type { RunRecord } from './run-record.ts';

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
const records: RunRecord[] = [];

const tellResult = (): void => {
  const seconds = Math.round((performance.now() - begin) / 1000);
  process.stdout.write(`${matrixTable(records)}\n${seconds} s\n`);
};

// A long run that is ended tells what it came to until then.
process.once('SIGINT', () => {
  tellResult();
  process.exit(130);
});

await runMatrix({
  seeds: Number(values.seeds),
  from: Number(values.from),
  fault: values.fault,
  workers: Number(values.workers),
  concurrency: Number(values.concurrency),
  onRecord: (record) => {
    records.push(record);
    if (records.length % stride === 0) {
      const seconds = Math.round((performance.now() - begin) / 1000);
      process.stderr.write(`${records.length} runs in ${seconds} s\n`);
    }
    if (record.violations.length > 0) {
      process.stderr.write(`${violationReport(values.log ? record : { ...record, log: [] })}\n`);
    }
  },
});
tellResult();
process.exitCode = records.some(({ violations }) => violations.length > 0) ? 1 : 0;
