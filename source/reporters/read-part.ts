import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { describeReadFailure } from '../config/read-failure.ts';
import type { Topic } from '../events/topic.ts';
import { type LineBatch, readLines } from './read-lines.ts';
import type { RecordedPart } from './recorded-runs.ts';
import { compressedFile } from './recording-file.ts';

/** A part of a recording can't be read, or not to its end. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  readonly exitStatus = 2;
  readonly hint =
    'It may be damaged, or no recording: `spot-tui history --runs` lists those there are.';
  readonly topic: Topic = 'dashboard';

  constructor(
    readonly file: string,
    cause: Error,
  ) {
    super(`${file} can't be read: ${describeReadFailure(cause)}`, { cause });
  }
}

/**
 * The lines of a part. A part that is gone has none: a recorder or another command removes old ones
 * at any time.
 *
 * @throws RecordingError, and the signal's reason once that aborts.
 */
export async function* readPart(
  part: RecordedPart,
  signal?: AbortSignal,
): AsyncGenerator<LineBatch> {
  const { file, isCompressed } = await whereItIs(part);
  const source = createReadStream(file);
  const text: Readable = isCompressed ? source.pipe(createGunzip()) : source;
  // pipe() hands on no errors.
  if (text !== source) source.on('error', (error) => text.destroy(error));
  text.setEncoding('utf8');
  try {
    for await (const batch of readLines(text)) {
      signal?.throwIfAborted();
      yield batch;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // A compressed file that was cut short, as by a full disk, gives what it has.
    if (code === 'ENOENT' || code === 'Z_BUF_ERROR') return;
    throw new RecordingError(file, error);
  } finally {
    source.destroy();
    text.destroy();
  }
}

/** Another command may have compressed it since the folder was read. */
const whereItIs = async (part: RecordedPart): Promise<RecordedPart> => {
  if (part.isCompressed) return part;
  const file = compressedFile(part.file);
  const isThere = (name: string) =>
    access(name).then(
      () => true,
      () => false,
    );
  return !(await isThere(part.file)) && (await isThere(file))
    ? { ...part, file, isCompressed: true }
    : part;
};
