import type { Instance, RegionCloud } from '../ec2/cloud.ts';

/** Milliseconds between polls while machines change, and while nobody waits for one. */
const intervals = { changing: 1000, calm: 10_000 } as const;

export type RegionWatchOptions = {
  readonly cloud: RegionCloud;
  readonly signal: AbortSignal;
  /** Whether somebody waits for a machine of this region to come or go. */
  readonly isChanging: () => boolean;
  readonly onInstances: (instances: readonly Instance[]) => void;
};

/** Watches a region's instances: closely while machines come or go, calmly otherwise. */
export class RegionWatch {
  readonly #options: RegionWatchOptions;
  #nudge = new AbortController();

  constructor(options: RegionWatchOptions) {
    this.#options = options;
  }

  /** Polls now, and as often as machines change: something has been asked of them. */
  nudge(): void {
    this.#nudge.abort();
  }

  /** Runs until the signal aborts. Rejects with the errors of `RegionCloud.watch`. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      this.#nudge = new AbortController();
      const nudged = this.#nudge.signal;
      try {
        await this.#poll(AbortSignal.any([signal, nudged]));
      } catch (error) {
        if (!signal.aborted && !nudged.aborted) throw error;
      }
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { cloud, isChanging, onInstances } = this.#options;
    const changing = isChanging();
    const interval = changing ? intervals.changing : intervals.calm;
    for await (const instances of cloud.watch({ interval, signal })) {
      onInstances(instances);
      if (isChanging() !== changing) return;
    }
  }
}
