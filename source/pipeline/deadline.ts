import { addAbortListener } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAwakeTimer } from '../time/awake-timer.ts';

/** The time that something was given ran out. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';

  /** @param milliseconds How long was waited. */
  constructor(readonly milliseconds: number) {
    super(`not done after ${formatSeconds(milliseconds)}`);
  }
}

/**
 * Runs an action that must end in time.
 *
 * @param milliseconds How long it may take, without the time in which the program did not run.
 * @throws DeadlineExceededError when the time ran out, whatever the action made of its abortion;
 * the outer signal's reason when that aborted.
 */
export const withDeadline = async <Result>(
  milliseconds: number,
  outer: AbortSignal,
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  outer.throwIfAborted();
  const ending = new AbortController();
  const { signal } = ending;
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    ending.abort(reason);
    ended.reject(reason);
  };
  const stop = startAwakeTimer(milliseconds, () => end(new DeadlineExceededError(milliseconds)));
  // Node keeps an `AbortSignal.any` that is listened to, and `outer` may last for days.
  const listener = addAbortListener(outer, () => end(outer.reason));
  try {
    return await Promise.race([action(signal), ended.promise]);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    stop();
    listener[Symbol.dispose]();
  }
};

/**
 * Waits before another try: exponential with full jitter, so that nodes that failed together do not
 * come back together.
 *
 * @param attempt 1 for the first wait.
 */
export const backOff = async (
  attempt: number,
  signal: AbortSignal,
  { base = 250, maximum = 10_000 }: { base?: number; maximum?: number } = {},
): Promise<void> => {
  const ceiling = Math.min(maximum, base * 2 ** (attempt - 1));
  await sleep(ceiling / 2 + (Math.random() * ceiling) / 2, undefined, { signal });
};

/** `90 s`, `5 min`: as precise as a person needs. */
export const formatSeconds = (milliseconds: number): string =>
  milliseconds >= 120_000
    ? `${Math.round(milliseconds / 60_000)} min`
    : `${Math.round(milliseconds / 100) / 10} s`;
