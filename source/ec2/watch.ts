import { pause } from './abortable.ts';
import type { Instance, WatchOptions } from './cloud.ts';
import { Ec2Error, isPassing } from './errors.ts';
import { backOff } from './persist.ts';
import type { RegionScope } from './scope.ts';

/**
 * Yields a snapshot for each poll until the signal aborts, the first one at once. Each failed poll
 * in a row doubles the pause, each good one halves it again down to the interval, so that a
 * throttled account recovers.
 */
export async function* watchInstances(
  scope: RegionScope,
  { interval, signal }: WatchOptions,
  describe: (signal: AbortSignal) => Promise<Instance[]>,
): AsyncGenerator<Instance[], void> {
  let slowness = 0;
  while (!signal.aborted) {
    const snapshot = await poll(scope, describe, signal);
    if (snapshot !== undefined) yield snapshot;
    slowness = snapshot === undefined ? slowness + 1 : Math.max(0, slowness - 1);
    const wait =
      slowness === 0
        ? interval
        : Math.max(interval, backOff(slowness, interval, scope.patience.longestPoll));
    await untilAborted(() => untilWake(scope, wait, signal), signal);
  }
}

/** Waits so long, but not over the end of a sleep: much may have happened meanwhile. */
const untilWake = async (
  { wakes }: RegionScope,
  wait: number,
  signal: AbortSignal,
): Promise<void> => {
  const awake = new AbortController();
  const forget = wakes?.onWake(() => awake.abort());
  try {
    await pause(wait, AbortSignal.any([signal, awake.signal]));
  } catch (error) {
    if (!awake.signal.aborted) throw error;
  } finally {
    forget?.();
  }
};

/** Undefined when the poll failed in a way that passes, or was aborted. */
const poll = async (
  scope: RegionScope,
  describe: (signal: AbortSignal) => Promise<Instance[]>,
  signal: AbortSignal,
): Promise<Instance[] | undefined> => {
  try {
    return await untilAborted(() => describe(signal), signal);
  } catch (error) {
    if (!(error instanceof Ec2Error) || !isPassing(error)) throw error;
    scope.contact.troubled(error);
    return undefined;
  }
};

/** The end of the watch is not an error. */
const untilAborted = async <Value>(
  work: () => Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
};
