import type { Instance, RegionCloud, SpotPrice } from '../ec2/cloud.ts';
import { isAlive } from './plan.ts';

export type RegionPricesOptions = {
  readonly cloud: Pick<RegionCloud, 'spotPrices'>;
  /** Called when there are prices, or others than before. */
  readonly onPrices: () => void;
  /** Hears why there are none. */
  readonly onError: (error: unknown) => void;
};

/** Milliseconds after which prices are old, and within which a new type of instance may wait. */
const times = { old: 3_600_000, retry: 600_000 } as const;

/** Spot prices of one region's pools: one question for all of them, once an hour. */
export class RegionPrices {
  readonly #options: RegionPricesOptions;
  #prices: ReadonlyMap<string, number> = new Map();
  #askedAt: number | undefined;

  constructor(options: RegionPricesOptions) {
    this.#options = options;
  }

  /** US dollars per hour of an instance's pool, as far as they are known. */
  of({ instanceType, lifecycle, zone }: Instance): number | undefined {
    return lifecycle === 'spot' ? this.#prices.get(poolOf({ instanceType, zone })) : undefined;
  }

  /**
   * Asks EC2 if something in these instances makes it necessary.
   *
   * @param now Milliseconds, by any clock that does not go back.
   */
  async update(instances: readonly Instance[], now: number, signal: AbortSignal): Promise<void> {
    const spots = instances.filter((each) => isAlive(each) && each.lifecycle === 'spot');
    const age = now - (this.#askedAt ?? Number.NEGATIVE_INFINITY);
    const isDue = age >= times.old || (age >= times.retry && spots.some((each) => !this.of(each)));
    if (spots.length === 0 || !isDue) return;
    this.#askedAt = now;
    const { cloud, onError, onPrices } = this.#options;
    try {
      const types = [...new Set(spots.map(({ instanceType }) => instanceType))];
      const prices = await cloud.spotPrices(signal, types);
      this.#prices = new Map(prices.map((each) => [poolOf(each), each.price]));
      onPrices();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
}

const poolOf = ({ instanceType, zone }: Pick<SpotPrice, 'instanceType' | 'zone'>): string =>
  `${instanceType} ${zone}`;
