import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { FleetEvent } from '../events/event.ts';
import { formatEventLine } from './event-line.ts';

export type EventRecorderOptions = {
  /** Absolute path. Made with the first event, with its folder; only its owner may read it. */
  readonly file: string;
  /** Hears, once, why the recording is incomplete. */
  readonly onProblem: (message: string) => void;
  /** Bytes at which the recording ends with a notice; default 64 MiB. */
  readonly maximumSize?: number;
};

export type EventRecorder = {
  /** Never throws and never waits. */
  record(event: FleetEvent): void;
  /** Resolves once everything is in the file, or can't be. */
  close(): Promise<void>;
};

const defaultMaximumSize = 64 * 1024 * 1024;

/** Characters that may wait for a slow disk. */
const patience = 16 * 1024 * 1024;

/** Writes every event as NDJSON to a file, for `replay`. What can't be written harms nothing else. */
export const createEventRecorder = ({
  file,
  onProblem,
  maximumSize = defaultMaximumSize,
}: EventRecorderOptions): EventRecorder => {
  let handle: FileHandle | undefined;
  let waiting: string[] = [];
  let waitingSize = 0;
  let size = 0;
  let over = false;
  let writing: Promise<void> | undefined;

  const giveUp = (problem: string) => {
    if (over) return;
    over = true;
    waiting = [];
    onProblem(`the run is not recorded any more: ${problem}`);
  };

  const drain = async (): Promise<void> => {
    try {
      if (handle === undefined) {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        handle = await open(file, 'a', 0o600);
      }
      while (waiting.length > 0) {
        const text = waiting.join('');
        waiting = [];
        waitingSize = 0;
        await handle.appendFile(text);
      }
    } catch (error) {
      giveUp(error instanceof Error ? error.message : String(error));
    } finally {
      writing = undefined;
    }
  };

  const add = (line: string) => {
    waiting.push(`${line}\n`);
    waitingSize += line.length;
    size += Buffer.byteLength(line) + 1;
    writing ??= drain();
  };

  return {
    record: (event) => {
      if (over) return;
      if (waitingSize > patience) {
        giveUp(`${file} is written too slowly`);
        return;
      }
      const line = formatEventLine(event);
      if (size + line.length <= maximumSize) {
        add(line);
        return;
      }
      const message = `the recording ends here: ${file} has reached ${maximumSize} bytes`;
      add(formatEventLine({ event: 'notice', time: event.time, level: 'warning', message }));
      over = true;
      onProblem(message);
    },
    close: async () => {
      await writing;
      over = true;
      await handle?.close().catch((error: Error) => giveUp(error.message));
      handle = undefined;
    },
  };
};
