import { setTimeout as sleep } from 'node:timers/promises';
import { type Instance, type OpenLaunch, tagNames } from '../ec2/cloud.ts';
import { Ec2Error, throwFirst } from '../ec2/errors.ts';
import type { Ec2RegionCloud } from '../ec2/region-cloud.ts';
import type { Notices } from '../fleet/notices.ts';
import { isAlive } from '../fleet/plan.ts';
import { isSeen, type Seen, type Sight, scanRegions } from './every-region.ts';

export type CleaningOptions = {
  /** What was found, everywhere that something of the deployment may be. */
  readonly found: readonly Seen[];
  /** Instances whose end was asked for already. */
  readonly dismissed: ReadonlySet<string>;
  /** Milliseconds in which EC2's lists show what was launched. */
  readonly visibility: number;
  /** The command line that carries on with what could not be removed. */
  readonly again: string;
  readonly notices: Notices;
};

export type Cleaning = {
  /** What there is when all is done: nothing, if it went well. */
  readonly sights: readonly Sight[];
  readonly didSomething: boolean;
};

/** Times that all regions are gone through while new instances turn up in them. */
const maximumRounds = 4;

/** Milliseconds between two looks for the instances of a launch. */
const lookAgainAfter = 1_000;

/**
 * Removes what `create` made, and terminates what turns up late, such as the instances of a launch
 * that was under way, until nothing new is found. Says what it does.
 */
export const cleanRegions = async (
  options: CleaningOptions,
  signal: AbortSignal,
): Promise<Cleaning> => {
  const handled = new Set(options.dismissed);
  let didSomething = false;
  const clouds = options.found.map(({ cloud }) => cloud);
  let sights: readonly Sight[] = options.found;
  for (let round = 0; round < maximumRounds; round += 1) {
    const full = sights
      .filter(isSeen)
      .filter(({ scan }) => scan.resources.length > 0 || newIn(scan.instances, handled).length > 0);
    const worked = await Promise.all(
      full.map((seen) => emptyRegion(seen, options, handled, signal)),
    );
    didSomething ||= worked.includes(true);
    sights = await scanRegions(clouds, signal);
    const isNews = sights
      .filter(isSeen)
      .some(({ scan }) => newIn(scan.instances, handled).length > 0);
    if (!isNews) break;
  }
  return { sights, didSomething };
};

const newIn = (instances: readonly Instance[], handled: ReadonlySet<string>): Instance[] =>
  instances.filter((instance) => isAlive(instance) && !handled.has(instance.instanceId));

/** @returns Whether anything was terminated or removed. */
const emptyRegion = async (
  { cloud, scan }: Seen,
  options: CleaningOptions,
  handled: Set<string>,
  signal: AbortSignal,
): Promise<boolean> => {
  const { again, notices } = options;
  const { region } = cloud;
  try {
    const launch = await cloud.openLaunch(signal);
    const instances =
      launch === undefined
        ? scan.instances
        : await untilShown(cloud, scan.instances, launch, options, signal);
    const late = newIn(instances, handled).map(({ instanceId }) => instanceId);
    for (const instanceId of late) handled.add(instanceId);
    if (late.length > 0) {
      const refused = await cloud.terminate(late, signal);
      const ended = late.filter((instanceId) => !refused.has(instanceId));
      if (ended.length > 0) {
        notices.say('info', `terminated ${ended.join(', ')}, which turned up only now`, { region });
      }
      throwFirst(refused.values());
    }
    const { removed, left } = await cloud.cleanUp(signal);
    for (const what of removed) notices.say('info', `removed ${what}`, { region });
    const hint = `Run \`${again}\` again in a minute.`;
    for (const what of left)
      notices.say('warning', `not removed: ${what}`, { hint, topic: 'leftovers', region });
    return late.length + removed.length > 0;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    notices.error(error);
    return false;
  }
};

/**
 * Waits for the instances of a launch that nobody brought to its end: they may run and not be
 * listed yet, and whoever looked too early would leave them behind.
 */
const untilShown = async (
  cloud: Ec2RegionCloud,
  known: readonly Instance[],
  { count, generation }: OpenLaunch,
  { notices, visibility }: CleaningOptions,
  signal: AbortSignal,
): Promise<readonly Instance[]> => {
  const { region } = cloud;
  const areShown = (instances: readonly Instance[]) =>
    instances.filter(({ tags }) => tags[tagNames.generation] === String(generation)).length >=
    count;
  let instances = known;
  if (areShown(instances)) return instances;
  const what = count === 1 ? 'a node' : `${count} nodes`;
  notices.say('info', `a launch of ${what} was under way: waiting for what comes of it`, {
    region,
  });
  const until = performance.now() + visibility;
  while (performance.now() < until && !areShown(instances)) {
    await sleep(lookAgainAfter, undefined, { signal });
    instances = await cloud.describe(signal);
  }
  return instances;
};
