import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation } from './command.ts';
import { wayBack } from './command-line.ts';
import { startCommandTimeout } from './command-timeout.ts';
import { exitStatus } from './exit-status.ts';

/** Signals that ask the program to leave. */
export type LeavingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** A signal asked the program to leave. What runs in EC2 keeps running, and the message says so. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly exitStatus: number;

  constructor(signal: LeavingSignal, invocation: Pick<Invocation, 'options'>) {
    super(`${signal}: what runs keeps running. ${wayBack(invocation)}`);
    this.exitStatus = signal === 'SIGINT' ? exitStatus.interrupted : exitStatus.terminated;
  }
}

/** Milliseconds in which work may put things in order after it was asked to end. */
const grace = 5_000;

/**
 * Runs work that ends when a signal or `--timeout` says so: the signal that it is given aborts, and
 * it has a moment to put things in order, which a second SIGINT cuts short. The program's handlers
 * stand only as long as the work does.
 *
 * @param work May end itself in the same way, with a reason of its own, by its second argument.
 * @throws InterruptedError or CommandTimeoutError when that is why the work ended.
 */
export const withInterruption = async <Result>(
  invocation: Pick<Invocation, 'options'>,
  work: (signal: AbortSignal, end: (reason: Error) => void) => Promise<Result>,
): Promise<Result> => {
  const ending = new AbortController();
  const overdue = Promise.withResolvers<never>();
  let patience: NodeJS.Timeout | undefined;
  const end = (reason: Error) => {
    if (ending.signal.aborted) {
      overdue.reject(reason);
      return;
    }
    ending.abort(reason);
    patience = setTimeout(() => overdue.reject(reason), grace);
  };
  const stopTimeout = startCommandTimeout(invocation, end);
  const interrupt = () => end(new InterruptedError('SIGINT', invocation));
  const terminate = () => end(new InterruptedError('SIGTERM', invocation));
  const hangUp = () => end(new InterruptedError('SIGHUP', invocation));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', hangUp);
  try {
    const result = await Promise.race([work(ending.signal, end), overdue.promise]);
    ending.signal.throwIfAborted();
    return result;
  } catch (error) {
    // Whatever the work made of its end, this is why it ended.
    ending.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(patience);
    stopTimeout();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
    process.off('SIGHUP', hangUp);
  }
};

/**
 * Does what ctrl-c does, where it was read as a key: while a question is answered.
 *
 * @param signal The one that `withInterruption` gave.
 * @throws The signal's reason.
 */
export const interruptHere = async (signal: AbortSignal): Promise<never> => {
  process.kill(process.pid, 'SIGINT');
  // Nothing else may be left that keeps the process until the signal is delivered.
  await untilAborted(signal, () => sleep(grace));
  throw new Error('nobody listens to SIGINT');
};

/**
 * Rejects with the signal's reason as soon as it aborts, else settles as the work does, which is
 * not begun where the signal has aborted already.
 */
export const untilAborted = async <Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
