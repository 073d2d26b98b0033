import type { CapacityPool, Lifecycle } from './cloud.ts';
import type { Pool } from './fleet-request.ts';
import type { RefusedPools } from './refused-pools.ts';

/**
 * Those of the pools that a launch asks: not those that have refused lately, nor those to avoid, as
 * long as others are left; then those to avoid, and if all have refused, all.
 */
export const poolsToAsk = (
  pools: readonly Pool[],
  {
    avoid,
    lifecycle,
    refused,
  }: {
    readonly lifecycle: Lifecycle;
    readonly avoid: readonly CapacityPool[];
    readonly refused: RefusedPools;
  },
): readonly Pool[] => {
  const giving = pools.filter((pool) => !refused.has(lifecycle, pool));
  const wanted = giving.filter(
    ({ instanceType, zone }) =>
      !avoid.some((other) => other.instanceType === instanceType && other.zone === zone),
  );
  if (wanted.length > 0) return wanted;
  return giving.length > 0 ? giving : pools;
};
