import { parseDuration } from '../config/duration.ts';
import type { Topic } from '../events/topic.ts';
import { startAwakeTimer } from '../time/awake-timer.ts';
import type { Invocation } from './command.ts';
import { exitStatus, UsageError } from './exit-status.ts';

/** The time that `--timeout` gave the whole command ran out. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
  readonly exitStatus = exitStatus.failure;
  readonly topic: Topic = 'ci';
  readonly hint =
    'What was begun keeps running; run the command again to carry on, or allow more with --timeout.';

  /** @param duration As it was written on the command line. */
  constructor(duration: string) {
    super(`not done after ${duration}`);
  }
}

/**
 * Starts the clock that `--timeout` sets for the whole command.
 *
 * @param onExpiry Called when the time is over.
 * @returns Stops the clock.
 * @throws UsageError when the option's value is no duration.
 */
export const startCommandTimeout = (
  { options: { timeout } }: Pick<Invocation, 'options'>,
  onExpiry: (error: CommandTimeoutError) => void,
): (() => void) => {
  if (timeout === undefined) return () => undefined;
  const milliseconds = parseDuration(timeout);
  if (milliseconds === undefined || milliseconds === 0) {
    throw new UsageError(
      `--timeout: expected a duration, got "${timeout}"`,
      'Write it like 90s, 15m or 1h30m; at most 596h.',
    );
  }
  // A laptop that was asleep has not worked for longer: what was allowed is still to come.
  return startAwakeTimer(milliseconds, () => onExpiry(new CommandTimeoutError(timeout)));
};
