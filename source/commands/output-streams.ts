import type { Writable } from 'node:stream';
import { exitStatus } from './exit-status.ts';

/** Standard output can't be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly exitStatus = exitStatus.failure;
  readonly hint = 'What was to be done is done, but not all of the output is there.';

  constructor(cause: Error) {
    super(`standard output can't be written: ${cause.message}`, { cause });
  }
}

/** The program's output, whose troubles end it without a stack trace. */
export type OutputStreams = {
  /** Aborts when nobody reads standard output any more. */
  readonly readerGone: AbortSignal;
  /**
   * Resolves once everything was handed over to whoever reads it.
   *
   * @throws OutputError when something could not be written. A reader that went away, such as
   * `head`, is no error.
   */
  flush(): Promise<void>;
};

/** Watches over standard output and standard error from now on. */
export const watchOutput = (stdout: Writable, stderr: Writable): OutputStreams => {
  const reader = new AbortController();
  let trouble: Error | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') reader.abort();
    else trouble ??= error;
  });
  // Nobody is left to be told.
  stderr.on('error', () => undefined);
  return {
    readerGone: reader.signal,
    flush: async () => {
      await Promise.all([handOver(stdout), handOver(stderr)]);
      if (trouble !== undefined) throw new OutputError(trouble);
    },
  };
};

/** Pipes take no more than their reader lets them, and the end of the process drops the rest. */
const handOver = (stream: Writable): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));
