import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FleetEvent } from '../events/event.ts';
import { createCarriedEvents } from './carried-events.ts';
import { formatEventLine } from './event-line.ts';
import { formatPartHeader } from './part-header.ts';
import { partFile } from './recording-file.ts';

export type EventRecorderOptions = {
  /** Absolute path. Made with the first event, with its folder; only its owner may read it. */
  readonly file: string;
  /** Hears, once, why the recording is incomplete. */
  readonly onProblem: (message: string) => void;
  readonly limits?: RecordingLimits;
};

/** How large the recording of one run grows. */
export type RecordingLimits = {
  /** Bytes at which the next part begins; what that repeats of earlier parts comes on top. */
  readonly partSize: number;
  /** Parts that are kept besides the first; older ones are removed. */
  readonly newestParts: number;
};

export type EventRecorder = {
  /** Never throws and never waits. */
  record(event: FleetEvent): void;
  /** Resolves once everything so far can be read in the files, or can't be written. */
  flush(): Promise<void>;
  /** Resolves once everything is in the files, or can't be. */
  close(): Promise<void>;
};

/** 128 MiB a run: the first 16 MiB, and the last 112. */
export const recordingLimits: RecordingLimits = { partSize: 16 * 1024 * 1024, newestParts: 7 };

/** Characters that may wait for a slow disk. */
const patience = 16 * 1024 * 1024;

/**
 * Writes every event as NDJSON to a file, for `replay`, `logs` and `history`. A long run goes on in
 * further files, and loses its middle: its beginning and its end are what people ask for. What
 * can't be written harms nothing else.
 */
export const createEventRecorder = ({
  file,
  onProblem,
  limits = recordingLimits,
}: EventRecorderOptions): EventRecorder => {
  const carried = createCarriedEvents();
  let handle: FileHandle | undefined;
  let openPart = 0;
  let waiting: WaitingPart[] = [];
  let waitingSize = 0;
  let part = 1;
  let size = 0;
  let over = false;
  let writing: Promise<void> | undefined;

  const giveUp = (problem: string) => {
    if (over) return;
    over = true;
    waiting = [];
    onProblem(`the run is not recorded any more: ${problem}`);
  };

  const openNext = async (next: number): Promise<FileHandle> => {
    if (handle === undefined) await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    else await handle.close();
    // Closed for good, whatever becomes of the next.
    handle = undefined;
    handle = await open(partFile(file, next), 'a', 0o600);
    openPart = next;
    const expired = next - limits.newestParts;
    if (expired > 1) await rm(partFile(file, expired), { force: true });
    return handle;
  };

  const drain = async (): Promise<void> => {
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        waitingSize -= next.size;
        const output =
          handle === undefined || openPart !== next.part ? await openNext(next.part) : handle;
        await output.appendFile(next.lines.join(''));
      }
    } catch (error) {
      giveUp(error instanceof Error ? error.message : String(error));
    } finally {
      writing = undefined;
    }
  };

  const put = (line: string) => {
    let last = waiting.at(-1);
    if (last?.part !== part) {
      last = { part, lines: [], size: 0 };
      waiting.push(last);
    }
    last.lines.push(`${line}\n`);
    last.size += line.length;
    waitingSize += line.length;
    writing ??= drain();
  };

  const beginPart = (time: number) => {
    part += 1;
    size = 0;
    const events = carried.all();
    put(formatPartHeader({ time, part, carried: events.length }));
    for (const event of events) put(formatEventLine(event));
  };

  const flush = async (): Promise<void> => {
    while (writing !== undefined) await writing;
  };

  return {
    record: (event) => {
      if (over) return;
      if (waitingSize > patience) {
        giveUp(`${file} is written too slowly`);
        return;
      }
      const line = formatEventLine(event);
      const bytes = Buffer.byteLength(line) + 1;
      if (size > 0 && size + bytes > limits.partSize) beginPart(event.time);
      size += bytes;
      put(line);
      carried.add(event);
    },
    flush,
    close: async () => {
      await flush();
      over = true;
      await handle?.close().catch((error: Error) => giveUp(error.message));
      handle = undefined;
    },
  };
};

type WaitingPart = {
  readonly part: number;
  readonly lines: string[];
  /** In characters. */
  size: number;
};
