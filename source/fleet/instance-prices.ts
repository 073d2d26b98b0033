import type { Instance } from '../ec2/cloud.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { isAlive } from './plan.ts';
import { type PricedRegion, RegionPrices } from './region-prices.ts';

/** What instances cost, as far as that can be found out. */
export type InstancePrices = {
  /** US dollars per hour, by the instance's id. */
  readonly prices: ReadonlyMap<string, number>;
  /** Why some are not known: one line each. */
  readonly problems: readonly string[];
};

/** Asks what instances cost, once: one question for the spot instances of each region. */
export const priceInstances = async (
  clouds: readonly (PricedRegion & { readonly region: string })[],
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<InstancePrices> => {
  const prices = new Map<string, number>();
  const problems = new Set<string>();
  await Promise.all(
    clouds.map(async (cloud) => {
      const here = instances.filter((each) => each.region === cloud.region);
      const onError = (error: unknown) => problems.add(toPhaseFailure(error).reason);
      const known = new RegionPrices({ cloud, onError });
      await known.update(here, 0, signal);
      for (const instance of here) {
        // What is stopped costs storage only.
        const runs = isAlive(instance) && instance.state !== 'stopped';
        const price = runs ? known.of(instance) : 0;
        if (price !== undefined) prices.set(instance.instanceId, price);
      }
    }),
  );
  signal.throwIfAborted();
  return { prices, problems: [...problems] };
};

/** What things cost together. */
export type Cost = {
  /** US dollars per hour of those whose price is known; undefined where none is. */
  readonly pricePerHour: number | undefined;
  /** How many have a price that is not known. */
  readonly unknown: number;
};

/** Adds prices up; undefined stands for one that is not known. */
export const addPrices = (prices: readonly (number | undefined)[]): Cost =>
  addCountedPrices(prices.map((price) => [price, 1]));

/** Adds prices up of which each is there a number of times. */
export const addCountedPrices = (
  prices: Iterable<readonly [price: number | undefined, count: number]>,
): Cost => {
  let pricePerHour: number | undefined;
  let unknown = 0;
  for (const [price, count] of prices) {
    if (price === undefined) unknown += count;
    else pricePerHour = (pricePerHour ?? 0) + price * count;
  }
  return {
    pricePerHour: pricePerHour === undefined ? undefined : roundPrice(pricePerHour),
    unknown,
  };
};

/** US dollars without what adding floating-point numbers leaves behind. */
export const roundPrice = (price: number): number => Math.round(price * 1e6) / 1e6;
