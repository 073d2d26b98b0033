import { once } from 'node:events';
import type { Writable } from 'node:stream';

export type LineOptions = {
  /** May be left out when the reader is far behind. */
  readonly expendable?: boolean;
  /** Takes the place of a line that still waits under the same name. */
  readonly replaces?: string;
};

/** Writes lines to a stream no faster than that takes them, and never blocks. */
export type LineWriter = {
  write(line: string, options?: LineOptions): void;
  /** Resolves once every line was handed over, or the reader has gone. */
  flush(): Promise<void>;
};

export type LineWriterOptions = {
  /** The line that stands for so many lines left out. */
  readonly onGap: (lines: number) => string;
  /** Hears, once, what went wrong. A reader that has gone away is nothing wrong. */
  readonly onProblem?: ((message: string) => void) | undefined;
  /** Characters of expendable lines that may wait; default 16 Mi. */
  readonly patience?: number;
};

const defaultPatience = 16 * 1024 * 1024;

/**
 * Makes a writer that puts up with its reader: one that is slow misses what was replaced meanwhile
 * and, when it is far behind, expendable lines; one that goes away, as `head` does, gets nothing
 * more.
 */
export const createLineWriter = (
  stream: Writable,
  { onGap, onProblem, patience = defaultPatience }: LineWriterOptions,
): LineWriter => {
  /** In the order in which they are to be written. */
  const waiting = new Map<number | string, string>();
  let size = 0;
  let count = 0;
  let missing = 0;
  let gone = false;

  const leave = (error?: Error & { code?: string }) => {
    if (gone) return;
    gone = true;
    waiting.clear();
    if (error !== undefined && error.code !== 'EPIPE') onProblem?.(error.message);
  };

  const take = (key: number | string) => {
    size -= waiting.get(key)?.length ?? 0;
    waiting.delete(key);
  };

  const catchUp = () => {
    for (const [key, line] of waiting) {
      if (gone || stream.writableNeedDrain) return;
      take(key);
      stream.write(line);
    }
    if (missing === 0 || gone || stream.writableNeedDrain) return;
    stream.write(`${onGap(missing)}\n`);
    missing = 0;
  };

  stream.on('error', leave);
  stream.on('close', () => leave());
  stream.on('drain', catchUp);

  return {
    write: (line, { expendable = false, replaces } = {}) => {
      if (gone) return;
      count += 1;
      const key = replaces ?? count;
      take(key);
      if (expendable && size + line.length > patience) {
        missing += 1;
        return;
      }
      size += line.length + 1;
      waiting.set(key, `${line}\n`);
      catchUp();
    },
    flush: async () => {
      while (!gone && (waiting.size > 0 || stream.writableNeedDrain)) {
        const waited = new AbortController();
        const { signal } = waited;
        await Promise.race([
          once(stream, 'drain', { signal }),
          once(stream, 'close', { signal }),
        ]).catch(leave);
        waited.abort();
      }
    },
  };
};
