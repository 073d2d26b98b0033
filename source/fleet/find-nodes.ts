import type { Instance, RegionCloud } from '../ec2/cloud.ts';
import { nameInstances } from './node-names.ts';
import { type ExistingNode, isAlive } from './plan.ts';

/**
 * The deployment's living nodes in all the given regions.
 *
 * @throws Ec2Error when a region can't be asked.
 */
export const findNodes = async (
  clouds: readonly RegionCloud[],
  signal: AbortSignal,
): Promise<ExistingNode[]> => nameInstances((await describeAll(clouds, signal)).filter(isAlive));

/**
 * All that EC2 knows of the deployment's instances, in the order of the regions.
 *
 * @throws Ec2Error when a region can't be asked.
 */
export const describeAll = async (
  clouds: readonly Pick<RegionCloud, 'describe'>[],
  signal: AbortSignal,
): Promise<Instance[]> => (await Promise.all(clouds.map((cloud) => cloud.describe(signal)))).flat();
