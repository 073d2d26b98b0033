import { open } from 'node:fs/promises';
import type { FleetEvent, FleetStartedEvent, SummaryEvent } from '../events/event.ts';
import { parseEventLine } from './parse-event.ts';
import { readPart } from './read-part.ts';
import type { RecordedPart, RecordedRun } from './recorded-runs.ts';
import { isProcessAlive } from './run-process.ts';

/** What the beginning and the end of a recording say of the run. */
export type RunOverview = {
  /** Who ran it, `user@machine`, where that was recorded. */
  readonly by?: string;
  /** Nodes that the fleet was meant to have. */
  readonly nodes?: number;
  /** Time of the last event. */
  readonly lastEventAt?: number;
  /** What became of the fleet; absent where the run goes on, or came to no orderly end. */
  readonly summary?: SummaryEvent;
  readonly state: 'ongoing' | 'ended' | 'cut short';
};

/** Lines in which a command says what it is; bytes in which it says what came of it. */
const headLines = 50;
const tailSize = 64 * 1024;

/**
 * Looks into the first and the last part of a run's recording.
 *
 * @throws RecordingError, or what reading a file throws; the signal's reason.
 */
export const describeRun = async (run: RecordedRun, signal?: AbortSignal): Promise<RunOverview> => {
  const fleet = await findStart(run.parts, signal);
  const ending = (await readTail(run.parts.at(-1), signal)).flatMap((line) => {
    const parsed = parseEventLine(line);
    return 'event' in parsed ? [parsed.event] : [];
  });
  const last = ending.at(-1);
  const summary = ending.findLast(isSummary);
  const isOngoing = summary === undefined && isProcessAlive(run.processId);
  return {
    ...(fleet?.by === undefined ? {} : { by: fleet.by }),
    ...(fleet === undefined ? {} : { nodes: fleet.nodes }),
    ...(last === undefined ? {} : { lastEventAt: last.time }),
    ...(summary === undefined ? {} : { summary }),
    state: isOngoing ? 'ongoing' : summary === undefined ? 'cut short' : 'ended',
  };
};

const isSummary = (event: FleetEvent): event is SummaryEvent => event.event === 'summary';

const findStart = async (
  [part]: readonly RecordedPart[],
  signal: AbortSignal | undefined,
): Promise<FleetStartedEvent | undefined> => {
  if (part === undefined) return undefined;
  let seen = 0;
  for await (const { lines } of readPart(part, signal)) {
    for (const line of lines) {
      const parsed = parseEventLine(line);
      if ('event' in parsed && parsed.event.event === 'fleet') return parsed.event;
      seen += 1;
      if (seen >= headLines) return undefined;
    }
  }
  return undefined;
};

/** The last lines, of which the first may be half a line. */
const readTail = async (
  part: RecordedPart | undefined,
  signal: AbortSignal | undefined,
): Promise<string[]> => {
  if (part === undefined) return [];
  if (part.isCompressed) {
    const tail: string[] = [];
    for await (const { lines } of readPart(part, signal)) {
      tail.push(...lines.slice(-headLines));
      tail.splice(0, tail.length - headLines);
    }
    return tail;
  }
  const handle = await open(part.file).catch((error: NodeJS.ErrnoException) => {
    // Removed or compressed since the folder was read.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - tailSize);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(tailSize), 0, tailSize, start);
    return buffer.toString('utf8', 0, bytesRead).split('\n');
  } finally {
    await handle.close();
  }
};
