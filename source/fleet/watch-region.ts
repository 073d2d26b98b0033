import type { Instance, RegionCloud } from '../ec2/cloud.ts';

/** Milliseconds between polls while machines change, and while nobody waits for one. */
const intervals = { changing: 1000, calm: 10_000 } as const;

export type RegionWatchOptions = {
  readonly cloud: Pick<RegionCloud, 'watch'>;
  /** Whether somebody waits for a machine of this region to come or go. */
  readonly isChanging: () => boolean;
  /** Milliseconds between polls while nobody waits for a machine; default 10 s. */
  readonly calmInterval?: number;
  readonly onInstances: (instances: readonly Instance[]) => void;
  /** Hears why EC2 won't let the region be watched; it is again from the next nudge on. */
  readonly onError: (error: unknown) => void;
};

/** Watches a region's instances: closely while machines come or go, calmly otherwise. */
export class RegionWatch {
  readonly #options: RegionWatchOptions;
  #nudge = new AbortController();
  #nudgeTimer: NodeJS.Timeout | undefined;
  /** By `performance.now`. */
  #polledAt = Number.NEGATIVE_INFINITY;
  /** Until when nothing is asked of EC2, by the same clock; in the past while an answer is awaited. */
  #pausedUntil = Number.POSITIVE_INFINITY;
  /** Whether there was a nudge whose poll waits for the answer to the one before. */
  #isDue = false;

  constructor(options: RegionWatchOptions) {
    this.#options = options;
  }

  /**
   * Polls soon: something has become of the machines, or was asked of them. However often it is
   * called, there is no more than one poll in the shortest interval, and an answer that is awaited
   * is awaited: many nodes nudge as long as EC2 is slow or throttles.
   */
  nudge(): void {
    if (this.#nudgeTimer !== undefined) return;
    const wait = this.#polledAt + intervals.changing - performance.now();
    this.#nudgeTimer = setTimeout(
      () => {
        this.#nudgeTimer = undefined;
        if (performance.now() < this.#pausedUntil) this.#nudge.abort();
        else this.#isDue = true;
      },
      Math.max(0, wait),
    );
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#nudge = new AbortController();
      const nudged = AbortSignal.any([signal, this.#nudge.signal]);
      try {
        await this.#poll(nudged);
      } catch (error) {
        if (nudged.aborted) continue;
        this.#pausedUntil = Number.POSITIVE_INFINITY;
        this.#options.onError(error);
        await aborted(nudged);
      }
    }
    clearTimeout(this.#nudgeTimer);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { calmInterval = intervals.calm, cloud, isChanging, onInstances } = this.#options;
    const changing = isChanging();
    const interval = changing ? intervals.changing : calmInterval;
    this.#polledAt = performance.now();
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#isDue = false;
    for await (const instances of cloud.watch({ interval, signal })) {
      this.#polledAt = performance.now();
      this.#pausedUntil = this.#polledAt + interval;
      onInstances(instances);
      if (isChanging() !== changing) return;
      if (!this.#isDue) continue;
      this.#isDue = false;
      this.nudge();
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
