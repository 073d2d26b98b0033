import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { listRuns, type RecordedPart, type RecordedRun } from './recorded-runs.ts';
import { compressedFile } from './recording-file.ts';
import { isProcessAlive } from './run-process.ts';

/** How much of the past of a deployment is kept. */
export type HistoryLimits = {
  readonly runs: number;
  /** Bytes on disk, without those of the runs that go on. */
  readonly size: number;
  /**
   * Milliseconds for which a file must have been left alone: a process of another machine, or of
   * another container, that shares the folder can't be looked at.
   */
  readonly quiet: number;
};

/** 50 runs and 512 MiB. */
export const historyLimits: HistoryLimits = {
  runs: 50,
  size: 512 * 1024 * 1024,
  quiet: 10 * 60_000,
};

export type TidyOptions = {
  /** The run that begins: it counts, and is never touched. */
  readonly currentId: string;
  readonly signal: AbortSignal;
  readonly limits?: HistoryLimits;
};

/**
 * Makes room for a run that begins: removes the oldest recordings of a deployment that are over a
 * limit, and compresses the others that are finished. What a living process may still write is left
 * alone.
 *
 * @throws What removing or compressing a file throws; nothing is lost by that.
 */
export const tidyRuns = async (
  folder: string,
  { currentId, limits = historyLimits, signal }: TidyOptions,
): Promise<void> => {
  await removeDrafts(folder, limits.quiet);
  const others = (await listRuns(folder)).filter(({ id }) => id !== currentId);
  const kept: RecordedRun[] = [];
  let count = 1;
  let size = 0;
  for (const run of others) {
    const { isFinished, size: ownSize } = await look(run, limits.quiet);
    count += 1;
    if (isFinished) size += ownSize;
    if (isFinished && (count > limits.runs || size > limits.size)) await remove(run);
    else if (isFinished) kept.push(run);
  }
  for (const run of kept) {
    for (const part of run.parts) {
      if (signal.aborted) return;
      if (!part.isCompressed) await compress(part, signal);
    }
  }
};

const look = async (
  { parts, processId }: RecordedRun,
  quiet: number,
): Promise<{ isFinished: boolean; size: number }> => {
  const files = await Promise.all(
    parts.map(({ file }) => stat(file).catch(goneMeans({ size: 0, mtimeMs: 0 }))),
  );
  const changedAt = Math.floor(Math.max(...files.map(({ mtimeMs }) => mtimeMs)));
  return {
    isFinished: !isProcessAlive(processId) && Date.now() - changedAt >= quiet,
    size: files.reduce((total, file) => total + file.size, 0),
  };
};

const remove = async ({ parts }: RecordedRun): Promise<void> => {
  // From its end, so that what is left where this is interrupted still begins with its beginning.
  for (const { file } of parts.toReversed()) await rm(file, { force: true });
};

/** Of a process that was ended while it compressed a file. */
const removeDrafts = async (folder: string, quiet: number): Promise<void> => {
  for (const name of await readdir(folder).catch(goneMeans([]))) {
    if (!draftName.test(name)) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file).catch(goneMeans({ mtimeMs: Date.now() }));
    if (Date.now() - Math.floor(mtimeMs) >= quiet) await rm(file, { force: true });
  }
};

const draftName = /\.ndjson\.gz\.[\da-f-]+$/;

/** Two processes may do this at once: each writes a file of its own, and the results are the same. */
const compress = async ({ file }: RecordedPart, signal: AbortSignal): Promise<void> => {
  const draft = `${compressedFile(file)}.${randomUUID()}`;
  try {
    const { atime, mtime } = await stat(file);
    await pipeline(
      createReadStream(file),
      createGzip(),
      createWriteStream(draft, { mode: 0o600 }),
      {
        signal,
      },
    );
    await utimes(draft, atime, mtime);
    await rename(draft, compressedFile(file));
    await rm(file, { force: true });
  } catch (error) {
    await rm(draft, { force: true });
    if (!signal.aborted) goneMeans(undefined)(error);
  }
};

const goneMeans =
  <Value>(value: Value) =>
  (error: unknown): Value => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return value;
    throw error;
  };
