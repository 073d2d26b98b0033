import { fleetHistory } from '../../source/reporters/fleet-history.ts';
import { readRun } from '../../source/reporters/read-run.ts';
import { readRecordedLog } from '../../source/reporters/recorded-log.ts';
import { listRuns } from '../../source/reporters/recorded-runs.ts';
import { describeRun } from '../../source/reporters/run-overview.ts';

// Run by large-recording.test.ts in a process with little memory.
const folder = process.argv[2] ?? '';
const runs = await listRuns(folder);
const [run] = runs;
if (run === undefined) throw new Error(`no runs in ${folder}`);
const log = await readRecordedLog(runs, 'us-west-2-1', { limit: 1_000 });
const past = await fleetHistory(folder);
const { state } = await describeRun(run);
let events = 0;
for await (const _event of readRun(run.parts)) events += 1;
process.stdout.write(JSON.stringify({ log: log.lines.length, past: past.length, state, events }));
