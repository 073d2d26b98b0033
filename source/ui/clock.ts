/** How often a listener of the clock wants to hear of it. */
export type Tick = 'second' | 'frame';

/** The one clock of the dashboard: whatever moves by itself listens to it. */
export interface Clock {
  /** The time of the last tick, in milliseconds since the Unix epoch. */
  now(): number;
  /** Number of the current animation frame; all spinners show the same one. */
  frame(): number;
  /** Ticks now where that is due soon: what moves by itself then needs no frame of its own. */
  catchUp(): void;
  /** Calls the listener at every tick of its kind; returns how to stop that. */
  subscribe(tick: Tick, listener: () => void): () => void;
}

/** Milliseconds that one frame of a spinner lasts. */
const frameLength = 120;

/** Milliseconds after which one frame of a spinner may already follow another. */
const shortestFrame = frameLength / 2;

/**
 * A clock that ticks eight times a second while something spins, once a second while something
 * shows a time, and not at all otherwise.
 *
 * @param readTime the time in milliseconds since the Unix epoch; a replay passes its own.
 */
export const createClock = (readTime: () => number = Date.now): Clock => {
  const listeners = { second: new Set<() => void>(), frame: new Set<() => void>() };
  let time = readTime();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  let tickedAt = performance.now();

  const tick = () => {
    const before = time;
    time = readTime();
    tickedAt = performance.now();
    frame++;
    const isNewSecond = Math.floor(before / 1000) !== Math.floor(time / 1000);
    // Copies: a listener's rendering may subscribe and unsubscribe others.
    const called = [...listeners.frame, ...(isNewSecond ? listeners.second : [])];
    schedule();
    for (const listener of called) listener();
  };

  // A replay's time may stand still just before a second is full: never spin on it.
  const untilNextSecond = () => Math.max(frameLength, 1000 - (readTime() % 1000));

  const schedule = () => {
    clearTimeout(timer);
    timer = undefined;
    if (listeners.frame.size > 0) timer = setTimeout(tick, frameLength);
    else if (listeners.second.size > 0) timer = setTimeout(tick, untilNextSecond());
  };

  return {
    now: () => time,
    frame: () => frame,
    catchUp() {
      if (listeners.frame.size > 0 && performance.now() >= tickedAt + shortestFrame) tick();
    },
    subscribe(kind, listener) {
      const wasIdle = listeners.frame.size + listeners.second.size === 0;
      if (wasIdle) time = readTime();
      listeners[kind].add(listener);
      const isNeeded = kind === 'frame' ? listeners.frame.size === 1 : timer === undefined;
      if (isNeeded) schedule();
      return () => {
        listeners[kind].delete(listener);
        if (listeners.frame.size === 0) schedule();
      };
    },
  };
};
