import type { RegionScan } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { inParallel } from '../ec2/in-parallel.ts';
import type { Ec2RegionCloud } from '../ec2/region-cloud.ts';

/** Regions that are asked at a time. */
const parallelRegions = 8;

/** Where everything that a deployment has is to be looked for. */
export type EveryRegion<Cloud> = {
  readonly clouds: readonly Cloud[];
  /** Why these are only the regions that were known before; undefined where they are all. */
  readonly limit: Ec2Error | undefined;
};

type Region = {
  readonly region: string;
  enabledRegions(signal: AbortSignal): Promise<string[]>;
};

/**
 * The known regions, such as those of the configuration, and every other one that the account can
 * use: somebody may have taken a region out of the configuration since.
 *
 * @throws Ec2Error when no region can be asked, for another reason than a missing permission.
 */
export const everyRegion = async <Cloud extends Region>(
  {
    clouds,
    cloudOf,
  }: { readonly clouds: readonly Cloud[]; readonly cloudOf: (region: string) => Cloud },
  signal: AbortSignal,
): Promise<EveryRegion<Cloud>> => {
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
export type Sight<Cloud = Ec2RegionCloud, Scan = RegionScan> = Seen<Cloud, Scan> | Unseen<Cloud>;

export type Seen<Cloud = Ec2RegionCloud, Scan = RegionScan> = {
  readonly cloud: Cloud;
  readonly scan: Scan;
};

export type Unseen<Cloud = Ec2RegionCloud> = { readonly cloud: Cloud; readonly error: Ec2Error };

export const isSeen = <Cloud, Scan>(sight: Sight<Cloud, Scan>): sight is Seen<Cloud, Scan> =>
  'scan' in sight;

export const isUnseen = <Cloud, Scan>(sight: Sight<Cloud, Scan>): sight is Unseen<Cloud> =>
  'error' in sight;

/** Looks at regions, some at a time; one that can't be looked at does not stop the others. */
export const scanRegions = async <Cloud extends { readonly region: string }, Scan>(
  clouds: readonly (Cloud & { scan(signal: AbortSignal): Promise<Scan> })[],
  signal: AbortSignal,
): Promise<Sight<Cloud, Scan>[]> => {
  const sights = new Map<string, Sight<Cloud, Scan>>();
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
