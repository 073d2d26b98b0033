import type { RegionScan } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { inParallel } from '../ec2/in-parallel.ts';
import type { Ec2RegionCloud } from '../ec2/region-cloud.ts';
import type { Workspace } from './workspace.ts';

/** Regions that are asked at a time. */
const parallelRegions = 8;

/** Where everything that a deployment has is to be looked for. */
export type EveryRegion = {
  readonly clouds: readonly Ec2RegionCloud[];
  /** Why these are only the regions of the configuration; undefined where they are all. */
  readonly limit: Ec2Error | undefined;
};

/**
 * The configuration's regions and every other one that the account can use: somebody may have taken
 * a region out of the configuration since.
 *
 * @throws Ec2Error when no region can be asked, for another reason than a missing permission.
 */
export const everyRegion = async (
  { clouds, cloudOf }: Pick<Workspace, 'clouds' | 'cloudOf'>,
  signal: AbortSignal,
): Promise<EveryRegion> => {
  const known = new Set(clouds.map(({ region }) => region));
  let limit: Ec2Error | undefined;
  for (const cloud of clouds) {
    try {
      const regions = await cloud.enabledRegions(signal);
      const others = regions.filter((region) => !known.has(region)).map(cloudOf);
      return { clouds: [...clouds, ...others], limit: undefined };
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      // Another region may be well, but permissions are the same everywhere.
      limit ??= error;
      if (error.kind === 'permission') break;
    }
  }
  if (limit !== undefined && limit.kind !== 'permission') throw limit;
  return { clouds, limit };
};

/** What was found in one region, or why it could not be looked at. */
export type Sight =
  | { readonly cloud: Ec2RegionCloud; readonly scan: RegionScan }
  | { readonly cloud: Ec2RegionCloud; readonly error: Ec2Error };

export type Seen = Extract<Sight, { scan: RegionScan }>;
export type Unseen = Extract<Sight, { error: Ec2Error }>;

export const isSeen = (sight: Sight): sight is Seen => 'scan' in sight;
export const isUnseen = (sight: Sight): sight is Unseen => 'error' in sight;

/** Looks at regions, some at a time; one that can't be looked at does not stop the others. */
export const scanRegions = async (
  clouds: readonly Ec2RegionCloud[],
  signal: AbortSignal,
): Promise<Sight[]> => {
  const sights = new Map<string, Sight>();
  const [failure] = await inParallel(clouds, parallelRegions, async (cloud) => {
    try {
      sights.set(cloud.region, { cloud, scan: await cloud.scan(signal) });
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      sights.set(cloud.region, { cloud, error });
    }
  });
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.reason;
  return clouds.flatMap(({ region }) => sights.get(region) ?? []);
};
