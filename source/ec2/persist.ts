import { pause } from './abortable.ts';
import { Ec2Error } from './errors.ts';
import type { AccountRegion } from './scope.ts';

/** A pause that doubles with each attempt, less a random half, so that many don't wake at once. */
export const backOff = (attempt: number, first: number, longest: number): number => {
  const pauseTime = Math.min(first * 2 ** attempt, longest);
  return pauseTime / 2 + (Math.random() * pauseTime) / 2;
};

/**
 * Tries again while EC2 answers with one of the codes, because they pass by themselves: something
 * just made is not visible everywhere at once, something just released is held a while longer.
 * Rejects with the last error when the time is up.
 */
export const persist = async <Value>(
  scope: AccountRegion,
  options: { readonly codes: RegExp; readonly patience: number; readonly signal: AbortSignal },
  attempt: () => Promise<Value>,
): Promise<Value> => {
  // Only own pauses count, and so no time in which the program did not run.
  let left = options.patience;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Ec2Error) || !options.codes.test(error.code ?? '')) throw error;
      const wait = backOff(tries, scope.patience.firstPause, 10_000);
      left -= wait;
      if (left < 0) throw error;
      await pause(wait, options.signal);
    }
  }
};
