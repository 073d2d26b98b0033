import type { Instance, SpotPrice } from '../ec2/cloud.ts';
import { isAlive } from './plan.ts';

/** A region that knows what its instances cost. */
export type PricedRegion = {
  spotPrices(signal: AbortSignal, instanceTypes: readonly string[]): Promise<SpotPrice[]>;
  onDemandPrices(
    signal: AbortSignal,
    instanceTypes: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
};

export type RegionPricesOptions = {
  readonly cloud: PricedRegion;
  /** Called when there are prices, or others than before. */
  readonly onPrices?: () => void;
  /** Hears why there are none. */
  readonly onError: (error: unknown) => void;
};

/** Milliseconds after which prices are old, and after which those that were not known are asked for again. */
const times = { old: 3_600_000, retry: 600_000 } as const;

/**
 * What the instances of one region cost: one question for all spot instances, and one for each type
 * of those that run on demand, once an hour.
 */
export class RegionPrices {
  readonly #options: RegionPricesOptions;
  readonly #books: Readonly<Record<Instance['lifecycle'], PriceBook>>;

  constructor(options: RegionPricesOptions) {
    this.#options = options;
    const { cloud } = options;
    this.#books = {
      spot: new PriceBook(async (types, signal) => {
        const prices = await cloud.spotPrices(signal, types);
        return new Map(prices.map((each) => [poolOf(each), each.price]));
      }),
      'on-demand': new PriceBook((types, signal) => cloud.onDemandPrices(signal, types)),
    };
  }

  /** US dollars per hour of an instance, as far as they are known. */
  of({ instanceType, lifecycle, zone }: Instance): number | undefined {
    const { prices } = this.#books[lifecycle];
    return prices.get(lifecycle === 'spot' ? poolOf({ instanceType, zone }) : instanceType);
  }

  /**
   * Asks EC2 if something in these instances makes it necessary.
   *
   * @param now Milliseconds, by any clock that does not go back.
   */
  async update(instances: readonly Instance[], now: number, signal: AbortSignal): Promise<void> {
    await Promise.all(
      lifecycles.map(async (lifecycle) => {
        const paid = instances.filter((each) => isAlive(each) && each.lifecycle === lifecycle);
        const book = this.#books[lifecycle];
        const types = [...new Set(paid.map(({ instanceType }) => instanceType))];
        const isIncomplete = () => paid.some((each) => this.of(each) === undefined);
        if (paid.length === 0 || !book.isDue(types, now, isIncomplete)) return;
        try {
          await book.update(types, now, signal);
          this.#options.onPrices?.();
        } catch (error) {
          if (!signal.aborted) this.#options.onError(error);
        }
      }),
    );
  }
}

const lifecycles = ['spot', 'on-demand'] as const;

/** Prices of one kind, and when they were asked for. */
class PriceBook {
  readonly #ask: (
    types: readonly string[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, number>>;
  #prices: ReadonlyMap<string, number> = new Map();
  #askedFor: ReadonlySet<string> = new Set();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    ask: (types: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, number>>,
  ) {
    this.#ask = ask;
  }

  get prices(): ReadonlyMap<string, number> {
    return this.#prices;
  }

  isDue(types: readonly string[], now: number, isIncomplete: () => boolean): boolean {
    const age = now - this.#askedAt;
    if (age >= times.old || (age >= times.retry && isIncomplete())) return true;
    return types.some((type) => !this.#askedFor.has(type));
  }

  async update(types: readonly string[], now: number, signal: AbortSignal): Promise<void> {
    this.#askedAt = now;
    this.#askedFor = new Set(types);
    this.#prices = await this.#ask(types, signal);
  }
}

const poolOf = ({ instanceType, zone }: Pick<SpotPrice, 'instanceType' | 'zone'>): string =>
  `${instanceType} ${zone}`;
