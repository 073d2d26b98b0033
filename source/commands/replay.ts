import type { FleetEvent } from '../events/event.ts';
import { historyOf, isNotable } from '../fleet/history.ts';
import type { LogLine } from '../fleet/state.ts';
import { readRun } from '../reporters/read-run.ts';
import type { Invocation, RunCommand } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { type FoundRecording, findRecording } from './find-recording.ts';
import { historyLogLines } from './history-line.ts';
import { showsDashboard } from './interactivity.ts';
import { InterruptedError, withInterruption } from './interruption.ts';
import { loadRecording } from './load-recording.ts';
import { localTime } from './local-time.ts';
import { createPlayback, type Playback } from './playback.ts';
import { reporterFor } from './run-reporters.ts';

/** Plays a recorded run: in the dashboard where there is a terminal, else as lines. */
export const run: RunCommand = async (invocation) => {
  if (!showsDashboard(invocation)) {
    return withInterruption(invocation, async (signal) =>
      print(invocation, await findRecording(invocation, signal), signal),
    );
  }
  const { events, title } = await withInterruption(invocation, async (signal) =>
    load(invocation, await findRecording(invocation, signal), signal),
  );
  const playback = createPlayback(events);
  try {
    return await show(invocation, playback, title);
  } finally {
    playback.close();
  }
};

const print = async (
  invocation: Invocation,
  recording: FoundRecording,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const report = reporterFor(invocation);
  for await (const event of eventsOf(invocation, recording, signal)) {
    report(event);
    // A recording can wait for its reader.
    if (invocation.stdout.writableNeedDrain) await report.flush();
  }
  await report.flush();
  return exitStatus.success;
};

const load = async (
  invocation: Invocation,
  recording: FoundRecording,
  signal: AbortSignal,
): Promise<{ readonly events: readonly FleetEvent[]; readonly title: string }> => {
  const { events, leftOut } = await loadRecording(eventsOf(invocation, recording, signal));
  if (leftOut > 0) {
    invocation.stderr.write(
      `warning: the recording is long: its oldest ${leftOut} log lines are left out here\n`,
    );
  }
  const fleet = events.find((event) => event.event === 'fleet');
  const began = localTime(fleet?.time ?? events[0]?.time ?? 0).slice(0, -3);
  // The deployment stands beside it, where the recording knows it.
  return { events, title: `${fleet === undefined ? recording.name : 'recorded'} ${began}` };
};

/** The events of a recording. Says on standard error at its end what was passed over. */
async function* eventsOf(
  { stderr }: Invocation,
  { name, parts }: FoundRecording,
  signal: AbortSignal,
): AsyncGenerator<FleetEvent> {
  let count = 0;
  const skipped = { broken: 0, unknown: 0 };
  for await (const event of readRun(parts, {
    signal,
    onSkipped: ({ isBroken }) => {
      skipped[isBroken ? 'broken' : 'unknown'] += 1;
    },
  })) {
    count += 1;
    yield event;
  }
  if (count === 0) {
    throw new UsageError(
      `${name} holds no events`,
      'Name a file of events, as `create` records it or `--json` prints it.',
    );
  }
  if (skipped.broken > 0) {
    stderr.write(`warning: ${skipped.broken} lines of ${name} are no events\n`);
  }
  if (skipped.unknown > 0) {
    stderr.write(
      `warning: ${skipped.unknown} events of ${name} are of a kind that this version does not know\n`,
    );
  }
}

/** Lines of a log that are shown at most. */
const logLimit = 10_000;

const logOf = (node: string, events: readonly FleetEvent[]): LogLine[] =>
  events
    .flatMap((event) =>
      event.event === 'log' && event.node === node
        ? { time: event.time, source: event.source, message: event.message }
        : [],
    )
    .slice(-logLimit);

const show = async (
  invocation: Invocation,
  playback: Playback,
  title: string,
): Promise<ExitStatus> => {
  const { environment, stderr, stdin, stdout } = invocation;
  const { runDashboard } = await import('../ui/run-dashboard.tsx');
  const outcome = await runDashboard({
    store: playback.store,
    now: playback.now,
    title,
    playback,
    readLog: async (node) => logOf(node, playback.happened()),
    readHistory: async () =>
      historyLogLines(
        historyOf(
          playback
            .happened()
            .filter(isNotable)
            .map((event) => ({ run: title, event })),
        ),
        playback.store.getState().deployment,
      ),
    stdin,
    stdout,
    stderr,
    environment,
  });
  switch (outcome.type) {
    case 'interrupted':
      throw new InterruptedError(outcome.signal, invocation);
    case 'aborted':
    case 'quit':
      return exitStatus.success;
    default:
      return outcome satisfies never;
  }
};
