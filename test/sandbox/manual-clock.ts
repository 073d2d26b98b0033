import type { Clock } from '../../source/sandbox/endpoint/clock.ts';

type Timer = { readonly time: number; readonly callback: () => void };

/** Time that passes when it is told to. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-06-01T12:00:00.000Z');
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { time: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass, with everything that is due on the way. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const next = this.#timers
        .filter((timer) => timer.time <= end)
        .toSorted((first, second) => first.time - second.time)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.time);
      next.callback();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets promises that can go on do so. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
