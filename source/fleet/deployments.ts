import { type Instance, type InstanceState, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import { addPrices } from './instance-prices.ts';
import { isAlive } from './plan.ts';

/** What the account has in a region, whoever made it. */
export type RegionContent = {
  readonly region: string;
  readonly instances: readonly Instance[];
  readonly resources: readonly {
    readonly name: string;
    readonly deployment: string;
    readonly expiresAt?: number;
  }[];
};

/** A deployment in one region. */
export type DeploymentPart = {
  readonly deployment: string;
  readonly region: string;
  /** In any state. */
  readonly instances: readonly ExpiringInstance[];
  /** Everything else, in words for people. */
  readonly resources: readonly string[];
  /** What is said of the deployment here as a whole; milliseconds since the Unix epoch. */
  readonly expiresAt: number | undefined;
};

export type ExpiringInstance = {
  readonly instance: Instance;
  /** By its own tag, else by the deployment's; milliseconds since the Unix epoch. */
  readonly expiresAt: number | undefined;
};

/** Sorts what regions hold by deployment, in the order of names. */
export const partsOf = (contents: readonly RegionContent[]): DeploymentPart[] =>
  contents
    .flatMap(({ instances, region, resources }) => {
      const owner = ({ tags }: Instance) => tags[tagNames.deployment];
      const names = new Set([
        ...instances.map(owner),
        ...resources.map(({ deployment }) => deployment),
      ]);
      return [...names].flatMap((deployment): DeploymentPart[] => {
        if (deployment === undefined) return [];
        const own = resources.filter((resource) => resource.deployment === deployment);
        const expiresAt = latest(own.map((resource) => resource.expiresAt));
        return [
          {
            deployment,
            region,
            instances: instances
              .filter((instance) => owner(instance) === deployment)
              .map((instance) => ({ instance, expiresAt: expiryOf(instance.tags) ?? expiresAt })),
            resources: own.map(({ name }) => name),
            expiresAt,
          },
        ];
      });
    })
    .sort((one, other) => (one.deployment < other.deployment ? -1 : 1));

/** Living instances whose time is over. */
export const expiredInstances = (part: DeploymentPart, now: number): Instance[] =>
  part.instances.flatMap(({ expiresAt, instance }) =>
    isAlive(instance) && expiresAt !== undefined && expiresAt <= now ? [instance] : [],
  );

/**
 * Whether nothing of the part is to stay: its time is over, and so is that of every instance in it.
 * Where nothing says when, it stays.
 */
export const isExpired = ({ expiresAt, instances }: DeploymentPart, now: number): boolean => {
  const living = instances.filter(({ instance }) => isAlive(instance));
  // The dead are remembered for an hour: what they say helps where the rest says nothing.
  const times = [
    ...(expiresAt === undefined && living.length === 0 ? instances : living).map(
      (each) => each.expiresAt,
    ),
    ...(expiresAt === undefined ? [] : [expiresAt]),
  ];
  return times.length > 0 && times.every((time) => time !== undefined && time <= now);
};

/** A deployment over all regions. */
export type DeploymentOverview = {
  readonly deployment: string;
  /** Instances that are not gone, by state. */
  readonly states: ReadonlyMap<InstanceState, number>;
  readonly regions: readonly string[];
  readonly instanceTypes: readonly string[];
  /** Launch of the oldest one; milliseconds since the Unix epoch. */
  readonly oldestLaunchAt: number | undefined;
  /** When the last of them may be destroyed; undefined where one of them never is. */
  readonly expiresAt: number | undefined;
  /** US dollars per hour; undefined where one of the prices is not known. */
  readonly pricePerHour: number | undefined;
  /** Things that are there besides instances. */
  readonly resources: number;
};

/**
 * Adds the parts up to deployments.
 *
 * @param priceOf US dollars per hour of an instance; undefined where that is not known.
 */
export const overviewsOf = (
  parts: readonly DeploymentPart[],
  priceOf: (instance: Instance) => number | undefined,
): DeploymentOverview[] =>
  [...Map.groupBy(parts, ({ deployment }) => deployment)].flatMap(([deployment, own]) => {
    const living = own.flatMap(({ instances }) =>
      instances.filter(({ instance }) => isAlive(instance)),
    );
    const resources = own.reduce((sum, part) => sum + part.resources.length, 0);
    if (living.length + resources === 0) return [];
    const instances = living.map(({ instance }) => instance);
    const states = new Map<InstanceState, number>();
    for (const { state } of instances) states.set(state, (states.get(state) ?? 0) + 1);
    const regions = own.filter(
      (part) =>
        part.resources.length > 0 || part.instances.some(({ instance }) => isAlive(instance)),
    );
    const cost = addPrices([0, ...instances.filter(isCharged).map(priceOf)]);
    const expiries =
      living.length > 0
        ? living.map(({ expiresAt }) => expiresAt)
        : own.map(({ expiresAt }) => expiresAt);
    const [first, ...others] = instances.map(({ launchedAt }) => launchedAt);
    return {
      deployment,
      states,
      regions: regions.map(({ region }) => region),
      instanceTypes: [...new Set(instances.map(({ instanceType }) => instanceType))].sort(),
      oldestLaunchAt: first === undefined ? undefined : Math.min(first, ...others),
      expiresAt: expiries.includes(undefined) ? undefined : latest(expiries),
      pricePerHour: cost.unknown > 0 ? undefined : cost.pricePerHour,
      resources,
    };
  });

/** A stopped instance costs no more than its disk. */
const isCharged = ({ state }: Instance): boolean => state !== 'stopped';

const latest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};
