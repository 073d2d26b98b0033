import { Text } from 'ink';
import { memo } from 'react';
import { formatDuration } from './duration.ts';
import { useClock } from './use-clock.ts';

type ElapsedProps = {
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** In terminal columns; the duration stands at the right. */
  readonly width: number;
};

/** How long ago something was, ticking by itself. */
export const Elapsed = memo(({ since, width }: ElapsedProps) => {
  const text = useClock('second', ({ now }) => formatDuration(now - since));
  return <Text>{text.padStart(width)}</Text>;
});

type RemainingProps = {
  /** Milliseconds since the Unix epoch. */
  readonly until: number;
  /** In terminal columns; the duration stands at the left. */
  readonly width: number;
};

/** How long something still lasts. */
export const Remaining = memo(({ until, width }: RemainingProps) => {
  const text = useClock('second', ({ now }) => formatDuration(until - now));
  return <Text>{text.padEnd(width)}</Text>;
});
