/** Tells when the program goes on after its process was stopped or its machine asleep. */
export type WakeWatch = {
  /**
   * @param listener Hears for how many milliseconds nothing was done.
   * @returns Ends the listening.
   */
  onWake(listener: (milliseconds: number) => void): () => void;
  stop(): void;
};

/** Milliseconds, both. */
export type WakeClocks = {
  /** Never goes back; stands still during the sleep of some systems. */
  readonly monotonic: () => number;
  /** Goes on during sleep, but may be set. */
  readonly wall: () => number;
};

const systemClocks: WakeClocks = {
  monotonic: performance.now.bind(performance),
  wall: Date.now,
};

const interval = 1_000;

/** Milliseconds by which a tick is late that was not just kept waiting by a busy machine. */
const shortest = 5_000;

/**
 * Watches for gaps between its own ticks, by whichever of the two clocks shows them. A wall clock
 * that is set forward looks like a sleep: whoever listens must do nothing that would be wrong then.
 * Keeps no process alive.
 */
export const watchForWakes = (clocks: WakeClocks = systemClocks): WakeWatch => {
  const listeners = new Set<(milliseconds: number) => void>();
  const read = () => ({ monotonic: clocks.monotonic(), wall: clocks.wall() });
  let last = read();
  const timer = setInterval(() => {
    const now = read();
    const gap = Math.max(now.monotonic - last.monotonic, now.wall - last.wall) - interval;
    last = now;
    if (gap < shortest) return;
    for (const listener of listeners) listener(gap);
  }, interval);
  timer.unref();
  return {
    onWake(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => clearInterval(timer),
  };
};
