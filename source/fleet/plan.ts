import type { Config } from '../config/config.ts';
import type { Instance } from '../ec2/cloud.ts';
import { nameInstances, nodeIndex, nodeName } from './node-names.ts';

/** What there is and what has to be launched to have the fleet that the configuration asks for. */
export type LaunchPlan = {
  /** Living instances of the deployment under their node names. */
  readonly existing: readonly ExistingNode[];
  /** One per region with something to launch. */
  readonly launches: readonly RegionLaunch[];
};

export type ExistingNode = {
  readonly name: string;
  readonly region: string;
  readonly index: number;
  readonly instance: Instance;
  /** Whether the name is new to the instance and has to be written into its tags. */
  readonly adopted: boolean;
};

export type RegionLaunch = {
  readonly region: string;
  /** The slots to fill, in order. */
  readonly nodes: readonly PlannedNode[];
};

export type PlannedNode = {
  readonly name: string;
  readonly region: string;
  readonly index: number;
};

/** Whether an instance is there, or on its way: what counts against the wanted number. */
export const isAlive = ({ state }: Instance): boolean =>
  state !== 'terminated' && state !== 'shutting-down';

/**
 * Decides what to launch. Pure, and never shrinks a fleet: what exists beyond the wanted number is
 * kept, and counts for it wherever it is.
 *
 * @param instances All that EC2 knows of the deployment, the terminated ones included, for the
 * regions of the configuration.
 */
export const planFleet = (config: Config, instances: readonly Instance[]): LaunchPlan => {
  const existing = nameInstances(instances.filter(isAlive));
  let missing = Math.max(0, config.totalInstances - existing.length);
  const targets = spread(config.totalInstances, config.regions.length);
  const launches = config.regions.flatMap(({ region }, position): RegionLaunch[] => {
    const here = existing.filter((node) => node.region === region);
    const count = Math.min(missing, Math.max(0, (targets[position] ?? 0) - here.length));
    if (count === 0) return [];
    missing -= count;
    return [
      {
        region,
        nodes: freeIndexes(here, count).map((index) => ({
          name: nodeName(region, index),
          region,
          index,
        })),
      },
    ];
  });
  return { existing, launches };
};

/**
 * Decides where nodes go that are wanted beyond those that there are: each into the region that has
 * the fewest by then, the first of several, under the smallest free names. Pure.
 *
 * @param taken Nodes that there are.
 * @param names Further names that are not to be given.
 */
export const planMore = (
  count: number,
  regions: readonly string[],
  taken: readonly { readonly name: string; readonly region: string }[],
  names: readonly string[] = [],
): PlannedNode[] => {
  const used = new Set([...taken.map(({ name }) => name), ...names]);
  const sizes = regions.map((region) => ({
    region,
    size: taken.filter((node) => node.region === region).length,
  }));
  const planned: PlannedNode[] = [];
  while (planned.length < count) {
    const [first, ...others] = sizes;
    if (first === undefined) break;
    const smallest = others.reduce((least, each) => (each.size < least.size ? each : least), first);
    let index = 1;
    while (used.has(nodeName(smallest.region, index))) index += 1;
    const name = nodeName(smallest.region, index);
    used.add(name);
    smallest.size += 1;
    planned.push({ name, region: smallest.region, index });
  }
  return planned;
};

/** Splits a count as evenly as possible; the remainder goes to the first. */
export const spread = (count: number, parts: number): number[] => {
  const base = Math.floor(count / parts);
  const remainder = count % parts;
  return Array.from({ length: parts }, (_, position) => base + (position < remainder ? 1 : 0));
};

const freeIndexes = (taken: readonly ExistingNode[], count: number): number[] => {
  const used = new Set(taken.map(({ name }) => nodeIndex(name)));
  const free: number[] = [];
  for (let index = 1; free.length < count; index += 1) {
    if (!used.has(index)) free.push(index);
  }
  return free;
};
