import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeReadFailure } from '../config/read-failure.ts';
import type { FleetEvent } from '../events/event.ts';
import { createFleetStore } from '../fleet/store.ts';
import { parseEventLine } from '../reporters/parse-event.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitStatus, UsageError } from './exit-status.ts';
import { reporterFor } from './headless.ts';
import { isInteractive } from './interactivity.ts';

/** Milliseconds that a pause of the recording lasts at most when it is played. */
const longestPause = 1000;

/** Plays a recorded run: in the dashboard where there is a terminal, else as lines. */
export const run: RunCommand = async (invocation) => {
  const events = await readRecording(invocation);
  if (!isInteractive(invocation)) {
    const report = reporterFor(invocation);
    for (const event of events) report(event);
    await report.flush();
    return exitStatus.success;
  }
  const store = createFleetStore();
  const left = new AbortController();
  let now = events[0]?.time ?? Date.now();
  const playing = (async () => {
    for (const event of events) {
      const pause = Math.min(longestPause, Math.max(0, event.time - now));
      if (pause > 0) await sleep(pause, undefined, { signal: left.signal });
      now = Math.max(now, event.time);
      store.dispatch(event);
    }
  })().catch((error: unknown) => {
    if (!left.signal.aborted) throw error;
  });
  const { runDashboard } = await import('../ui/run-dashboard.tsx');
  await runDashboard({
    store,
    now: () => now,
    title: path.basename(invocation.words[0] ?? ''),
    stdin: invocation.stdin,
    stdout: invocation.stdout,
    stderr: invocation.stderr,
    environment: invocation.environment,
  });
  left.abort();
  await playing;
  return exitStatus.success;
};

const readRecording = async ({
  currentFolder,
  stderr,
  words: [file],
}: Invocation): Promise<FleetEvent[]> => {
  if (file === undefined) {
    throw new UsageError('which recording?', 'Usage: spot-tui replay FILE.');
  }
  const text = await readFile(path.resolve(currentFolder, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `${file} can't be read: ${describeReadFailure(error)}`,
      'Name a file of events, as `create` records it or `--json` prints it.',
    );
  });
  const events: FleetEvent[] = [];
  let broken = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const parsed = parseEventLine(line);
    if ('event' in parsed) events.push(parsed.event);
    else broken += 1;
  }
  if (events.length === 0) {
    throw new UsageError(
      `${file} holds no events`,
      'Name a file of events, as `create` records it or `--json` prints it.',
    );
  }
  if (broken > 0) stderr.write(`warning: ${broken} lines of ${file} are no events\n`);
  return events;
};
