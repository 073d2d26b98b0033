/** Milliseconds by a clock that never goes back, such as `performance.now`. */
export type MonotonicClock = () => number;

/** Milliseconds that a timer sleeps at a stretch: so much time may be lost to a stop of the program. */
const stretch = 1_000;

/** Milliseconds by which a stretch may be late, as on a busy machine, and still count in full. */
const tolerance = 2_000;

/**
 * A timer for which only the time counts in which the program runs: not that in which its process
 * was stopped or its machine asleep. Nothing that was waited for can have been heard of in that
 * time, so that a stretch with a stop in it is never the last one.
 *
 * @returns Stops the timer.
 */
export const startAwakeTimer = (
  milliseconds: number,
  onOver: () => void,
  clock: MonotonicClock = performance.now.bind(performance),
): (() => void) => {
  let left = milliseconds;
  let timer: NodeJS.Timeout | undefined;
  const sleepOn = (): void => {
    const length = Math.min(left, stretch);
    const begun = clock();
    timer = setTimeout(() => {
      const taken = clock() - begun;
      const wasStopped = taken > length + tolerance;
      left = wasStopped ? Math.max(left - length, stretch) : left - taken;
      // Timers end up to a millisecond early.
      if (left < 1) onOver();
      else sleepOn();
    }, length);
  };
  sleepOn();
  return () => clearTimeout(timer);
};
