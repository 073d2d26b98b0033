import { pause } from './abortable.ts';
import { Ec2Error, isExpiry, isPassing } from './errors.ts';
import { backOff } from './persist.ts';
import type { AccountRegion } from './scope.ts';

/**
 * Does something until it succeeds, or fails in a way that no waiting mends. What passes by itself
 * is waited out: throttling and trouble of EC2 always, a network that fails and credentials that
 * have expired only where both were good before, so that a command that can't work says so at once.
 *
 * The SDK's own retries lie below and last for seconds; these last until the patience for trouble
 * is used up, once for all that is asked of the region, and for credentials until the signal aborts.
 *
 * @throws The last error, and the signal's reason as soon as it aborts.
 */
export const persevere = async <Value>(
  { account, contact, patience }: AccountRegion,
  signal: AbortSignal,
  attempt: () => Promise<Value>,
): Promise<Value> => {
  // Only own pauses count, and so no time in which the program did not run.
  let left = patience.trouble;
  for (let tries = 0; ; tries += 1) {
    const { round } = account;
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Ec2Error)) throw error;
      // A region that an account is not enabled for refuses it as well, and goes on doing so.
      const wereGood = contact.hasStood || (account.wereGood && isExpiry(error));
      if (error.kind === 'credentials' && wereGood) {
        await account.refused(error, round, signal);
        continue;
      }
      if (!isPassing(error) || (error.kind === 'network' && !contact.hasStood)) throw error;
      const wait = backOff(tries, patience.firstPause, 10_000);
      left -= wait;
      if (left < 0) {
        // Who has no patience at all has not waited.
        if (patience.trouble > 0) contact.givesUp();
        throw error;
      }
      if (contact.isGivenUp) throw error;
      contact.troubled(error);
      await pause(wait, signal);
    }
  }
};
