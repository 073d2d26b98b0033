import { type Instance, tagNames } from '../ec2/cloud.ts';
import type { ExistingNode } from './plan.ts';

/** `<region>-<n>`, with n from 1. */
export const nodeName = (region: string, index: number): string => `${region}-${index}`;

/** The n of a node's name. */
export const nodeIndex = (name: string): number =>
  Number.parseInt(/\d+$/.exec(name)?.[0] ?? '', 10);

/**
 * Names living instances. Each keeps the name in its tag where that is of its region and nobody
 * launched earlier has it; the others are adopted into the smallest free slots of their region.
 * The answer is in the order of regions as they come and of n in each.
 */
export const nameInstances = (instances: readonly Instance[]): ExistingNode[] =>
  [...new Set(instances.map(({ region }) => region))].flatMap((region) =>
    nameInRegion(
      region,
      instances.filter((instance) => instance.region === region),
    ),
  );

const nameInRegion = (region: string, instances: readonly Instance[]): ExistingNode[] => {
  const oldestFirst = [...instances].sort(
    (a, b) => a.launchedAt - b.launchedAt || (a.instanceId < b.instanceId ? -1 : 1),
  );
  const named = new Map<number, ExistingNode>();
  const nameless: Instance[] = [];
  for (const instance of oldestFirst) {
    const name = instance.tags[tagNames.node] ?? '';
    const index = nodeIndex(name);
    if (name === nodeName(region, index) && index > 0 && !named.has(index)) {
      named.set(index, { name, region, index, instance, adopted: false });
    } else {
      nameless.push(instance);
    }
  }
  let free = 1;
  for (const instance of nameless) {
    while (named.has(free)) free += 1;
    named.set(free, {
      name: nodeName(region, free),
      region,
      index: free,
      instance,
      adopted: true,
    });
  }
  return [...named.values()].sort((a, b) => a.index - b.index);
};
