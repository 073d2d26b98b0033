import type { Config } from '../config/config.ts';
import { type Instance, type RegionCloud, tagNames } from '../ec2/cloud.ts';
import { describeAll } from './find-nodes.ts';
import { type LaunchPlan, planFleet } from './plan.ts';

/**
 * Decides what to launch by what EC2 lists, and by launches that are not brought to their end: one
 * that stands in for another region brings nodes that nobody plans there, and whoever does not wait
 * for them launches them a second time at home.
 *
 * @throws Ec2Error when it can't be found out what exists.
 */
export const settledPlan = async (
  config: Config,
  clouds: readonly Pick<RegionCloud, 'region' | 'describe' | 'openLaunch' | 'settle'>[],
  signal: AbortSignal,
): Promise<LaunchPlan> => {
  const instances = await describeAll(clouds, signal);
  const plan = planFleet(config, instances);
  if (config.placement === 'spread' || clouds.length === 1 || plan.launches.length === 0) {
    return plan;
  }
  const awaited = await Promise.all(
    clouds.map(async (cloud) => {
      const open = await cloud.openLaunch(signal);
      if (open === undefined) return false;
      const listed = instances.filter(isOf(cloud.region, open.generation)).length;
      const planned = plan.launches.find(({ region }) => region === cloud.region)?.nodes ?? [];
      // What is planned there gets the instances of the open launch by itself.
      if (open.count - listed <= planned.length) return false;
      await cloud.settle(signal, { awaitOpen: true });
      return true;
    }),
  );
  return awaited.includes(true) ? planFleet(config, await describeAll(clouds, signal)) : plan;
};

const isOf =
  (region: string, generation: number) =>
  (instance: Instance): boolean =>
    instance.region === region && instance.tags[tagNames.generation] === String(generation);
