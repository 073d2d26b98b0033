import type { Config, RegionConfig } from '../config/config.ts';
import type { RegionCloud, SpotPrice } from '../ec2/cloud.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { dollars } from '../reporters/dollars.ts';

/** What nodes of one region cost, in US dollars per node and hour; undefined is not known. */
export type RegionCosts = {
  /** Of the cheapest pool now. */
  readonly spot: SpotPrice | undefined;
  /** On demand, of the cheapest type. */
  readonly onDemand: number | undefined;
};

export type PlanCosts = {
  readonly regions: ReadonlyMap<string, RegionCosts>;
  /** Why spot prices are not known: one line each. */
  readonly problems: readonly string[];
};

/** Asks what nodes of each region cost now, as spot instances and on demand. */
export const findCosts = async (
  clouds: readonly Pick<RegionCloud, 'region' | 'spotPrices' | 'onDemandPrices'>[],
  signal: AbortSignal,
): Promise<PlanCosts> => {
  const problems = new Set<string>();
  const regions = new Map<string, RegionCosts>();
  await Promise.all(
    clouds.map(async (cloud) => {
      const [spot, onDemand] = await Promise.allSettled([
        cloud.spotPrices(signal),
        cloud.onDemandPrices(signal),
      ]);
      if (spot.status === 'rejected') problems.add(toPhaseFailure(spot.reason).reason);
      // Few may read the price list, and it is only there to compare with.
      const known = onDemand.status === 'fulfilled' ? [...onDemand.value.values()] : [];
      regions.set(cloud.region, {
        spot: spot.status === 'fulfilled' ? spot.value[0] : undefined,
        onDemand: cheapest(known),
      });
    }),
  );
  signal.throwIfAborted();
  return { regions, problems: [...problems] };
};

/** Regions where nothing would be launched: every pool is above what a node may cost. */
export const limitWarnings = (
  { regions }: Pick<Config, 'regions'>,
  costs: PlanCosts,
): readonly string[] =>
  regions.flatMap(({ region, spotPriceLimit }: RegionConfig) => {
    const spot = costs.regions.get(region)?.spot;
    if (spot === undefined || spotPriceLimit === undefined || spot.price <= spotPriceLimit) {
      return [];
    }
    const { instanceType, price, zone } = spot;
    return `${region}: nodes may cost ${dollars(spotPriceLimit)} an hour, and the cheapest pool costs ${dollars(price)} now (${instanceType} in ${zone}): none would be launched there`;
  });

/** What a launch costs per hour. */
export type LaunchCost = {
  /** Undefined where a price is not known. */
  readonly spot: number | undefined;
  readonly onDemand: number | undefined;
};

/** What so many nodes in each region cost together. */
export const costOfLaunch = (
  launches: readonly { readonly region: string; readonly nodes: readonly unknown[] }[],
  { regions }: Pick<PlanCosts, 'regions'>,
): LaunchCost => {
  const sum = (priceIn: (costs: RegionCosts | undefined) => number | undefined) => {
    let total = 0;
    for (const { nodes, region } of launches) {
      const price = priceIn(regions.get(region));
      if (price === undefined) return undefined;
      total += price * nodes.length;
    }
    return total;
  };
  return { spot: sum((costs) => costs?.spot?.price), onDemand: sum((costs) => costs?.onDemand) };
};

/** What spot instances save, in percent; undefined where that is not known or nothing. */
export const saving = ({ spot, onDemand }: LaunchCost): number | undefined => {
  if (spot === undefined || onDemand === undefined || onDemand <= spot) return undefined;
  return Math.round(100 * (1 - spot / onDemand));
};

const cheapest = (prices: readonly number[]): number | undefined =>
  prices.length === 0 ? undefined : Math.min(...prices);
