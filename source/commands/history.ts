import { stateFolders } from '../config/state-folders.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';
import { choosePaint } from '../reporters/ci-colour.ts';
import { fittingTable, leftOutLine } from '../reporters/fitting-table.ts';
import { fleetHistory } from '../reporters/fleet-history.ts';
import { formatHistoryEntry, formatRun } from '../reporters/history-ndjson.ts';
import { listRuns, type RecordedRun } from '../reporters/recorded-runs.ts';
import { describeRun, type RunOverview } from '../reporters/run-overview.ts';
import type { Invocation, RunCommand } from './command.ts';
import { findRecordedDeployment } from './deployment.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { describeCounts, historyLine } from './history-line.ts';
import { withInterruption } from './interruption.ts';
import { localTime } from './local-time.ts';
import { nodeText } from './node-text.ts';
import { terminalWidth } from './terminal-width.ts';

const defaultLines = 100;

/** Prints what happened to the fleet over all recorded runs, or those runs. */
export const run: RunCommand = (invocation) =>
  withInterruption(invocation, async (signal): Promise<ExitStatus> => {
    const { environment, options, stderr } = invocation;
    const { lines = defaultLines } = options;
    const recorded = await findRecordedDeployment(invocation, signal);
    const folder = stateFolders(environment).runs(recorded);
    const runs = await listRuns(folder);
    if (runs.length === 0) {
      stderr.write(
        `Nothing is recorded of ${recorded.deployment} on this machine: what changes or watches a fleet is, from now on.\n`,
      );
      return exitStatus.success;
    }
    if (options.runs) {
      await printRuns(invocation, runs.slice(0, lines), signal);
    } else {
      const entries = await fleetHistory(folder, { limit: lines, signal });
      printEntries(invocation, entries, recorded.deployment);
    }
    return exitStatus.success;
  });

const printEntries = (
  { environment, options, stderr, stdout }: Invocation,
  entries: readonly HistoryEntry[],
  deployment: string,
): void => {
  if (options.json) {
    for (const entry of entries) stdout.write(`${formatHistoryEntry(entry)}\n`);
    return;
  }
  if (entries.length === 0)
    stderr.write('Nothing of note has happened since the first recording.\n');
  const paint = choosePaint(stdout, environment);
  const lines = entries.map((entry) => ({ time: entry.time, ...historyLine(entry, deployment) }));
  const subjectWidth = Math.max(0, ...lines.map(({ subject }) => subject.length));
  const wordWidth = Math.max(0, ...lines.map(({ word }) => word.length));
  for (const { subject, text, time, word } of lines) {
    const what = paint(word, word.padEnd(wordWidth));
    const line = `${localTime(time)}  ${subject.padEnd(subjectWidth)}  ${what}  ${text}`;
    stdout.write(`${nodeText({ environment }, line)}\n`);
  }
};

const printRuns = async (
  { options, stdout }: Invocation,
  runs: readonly RecordedRun[],
  signal: AbortSignal,
): Promise<void> => {
  const described: { readonly run: RecordedRun; readonly overview: RunOverview }[] = [];
  for (const run of runs) described.push({ run, overview: await describeRun(run, signal) });
  if (options.json) {
    for (const { overview, run } of described.toReversed()) {
      stdout.write(`${formatRun(run, overview)}\n`);
    }
    return;
  }
  // As everything else here: the newest last, next to the prompt.
  const rows = described.map((each, index) => ({ ...each, number: index + 1 })).toReversed();
  const table = fittingTable(
    [
      { title: 'RUN', cells: rows.map(({ number }) => String(number)) },
      { title: 'BEGAN', cells: rows.map(({ run }) => localTime(run.startedAt)) },
      { title: 'COMMAND', cells: rows.map(({ run }) => run.command) },
      { title: 'BY', cells: rows.map(({ overview }) => overview.by ?? '-'), leaves: 2 },
      { title: 'CAME TO', cells: rows.map(({ overview }) => describeState(overview)) },
      { title: 'FILE', cells: rows.map(({ run }) => run.parts[0]?.file ?? '-'), leaves: 1 },
    ],
    terminalWidth(stdout),
  );
  stdout.write(`${[...table.lines, ...leftOutLine(table)].join('\n')}\n`);
};

const describeState = ({ state, summary }: RunOverview): string =>
  summary === undefined ? (state === 'ongoing' ? 'goes on' : 'cut short') : describeCounts(summary);
