/** A type in a zone, as a fleet may use it. */
export type Pool = {
  /** US dollars per instance and hour. */
  readonly price: number;
  /** Lower is better. */
  readonly priority: number;
  /** Units of capacity that one instance counts for. */
  readonly weight: number;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-allocation-strategy.html */
export type AllocationStrategy = (typeof allocationStrategies)[number];

export const allocationStrategies = [
  'lowest-price',
  'price-capacity-optimized',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'prioritized',
  'diversified',
] as const;

/** Takes instances from a pool; answers how many it gave. */
export type Take<Kind> = (pool: Kind, wanted: number) => number;

/**
 * Spreads a capacity over pools as a strategy wants it, best pools first. A pool that gives less
 * than asked for is made up for by the ones after it.
 *
 * @param poolCount how many of the cheapest pools `lowest-price` spreads over
 */
export const allocate = <Kind extends Pool>(
  pools: readonly Kind[],
  strategy: AllocationStrategy,
  capacity: number,
  take: Take<Kind>,
  poolCount = 1,
): Map<Kind, number> => {
  const taken = new Map<Kind, number>();
  const ordered = inOrder(pools, strategy);
  const width = strategy === 'diversified' ? ordered.length : poolCount;
  const left = width > 1 ? spread(ordered.slice(0, width), capacity, take, taken) : capacity;
  fill(width > 1 ? ordered.slice(width) : ordered, left, take, taken);
  return taken;
};

const inOrder = <Kind extends Pool>(
  pools: readonly Kind[],
  strategy: AllocationStrategy,
): Kind[] => {
  switch (strategy) {
    case 'lowest-price':
    case 'price-capacity-optimized':
      return pools.toSorted((first, second) => first.price - second.price);
    case 'capacity-optimized-prioritized':
    case 'prioritized':
      return pools.toSorted((first, second) => first.priority - second.priority);
    case 'capacity-optimized':
    case 'diversified':
      return [...pools];
    default:
      return strategy satisfies never;
  }
};

/** Takes from one pool after the other. */
const fill = <Kind extends Pool>(
  pools: readonly Kind[],
  capacity: number,
  take: Take<Kind>,
  taken: Map<Kind, number>,
): void => {
  let left = capacity;
  for (const pool of pools) {
    if (left <= 0) return;
    const count = take(pool, Math.ceil(left / pool.weight));
    if (count > 0) taken.set(pool, (taken.get(pool) ?? 0) + count);
    left -= count * pool.weight;
  }
};

/** Takes from the pools in turn until they give no more; answers what is left to find. */
const spread = <Kind extends Pool>(
  pools: readonly Kind[],
  capacity: number,
  take: Take<Kind>,
  taken: Map<Kind, number>,
): number => {
  let left = capacity;
  let giving = [...pools];
  while (left > 0 && giving.length > 0) {
    const stillGiving: Kind[] = [];
    for (const pool of giving) {
      if (left <= 0) break;
      const count = take(pool, 1);
      if (count === 0) continue;
      taken.set(pool, (taken.get(pool) ?? 0) + count);
      left -= count * pool.weight;
      stillGiving.push(pool);
    }
    giving = stillGiving;
  }
  return left;
};
