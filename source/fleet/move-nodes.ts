import type { Config } from '../config/config.ts';
import type { LaunchRefusal, RegionCloud } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import type { RegionLaunchOutcome } from './launch-region.ts';
import { nameInstances } from './node-names.ts';
import type { NodeSession } from './node-session.ts';
import { isAlive, type PlannedNode, planMore } from './plan.ts';

export type MoveOptions = {
  readonly config: Config;
  readonly clouds: readonly Pick<RegionCloud, 'region' | 'describe'>[];
  readonly sessions: FleetSessions;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** The region that has nothing for the nodes. */
  readonly region: string;
  /** The nodes, still waiting for a machine. */
  readonly unmet: readonly NodeSession[];
  /** Why that is: one line. */
  readonly reason: string;
  /** Whether instances that others launched meanwhile are taken first. */
  readonly takesStrangers: boolean;
  /** Whether a region has refused a moment ago. */
  readonly isRefused: (region: string) => boolean;
  /** Launches in a region for nodes there; undefined where nothing was asked for any more. */
  readonly launchIn: (
    region: string,
    sessions: readonly NodeSession[],
    isWanted: (session: NodeSession) => boolean,
  ) => Promise<RegionLaunchOutcome | undefined>;
  /** Whether a node still wants a machine. */
  readonly isWanted: (session: NodeSession) => boolean;
  readonly signal: AbortSignal;
};

/**
 * Looks in other regions for machines for nodes that their own has nothing for: in the regions with
 * the fewest nodes first, each asked until it has too little. A node keeps its name until a machine is there for it.
 *
 * @returns How many went where, and the nodes that found nothing.
 */
export const moveNodes = async (
  options: MoveOptions,
): Promise<{ moved: ReadonlyMap<string, number>; unmet: readonly NodeSession[] }> => {
  const { config, isRefused, region, sessions, signal } = options;
  const moved = new Map<string, number>();
  const closed = new Set([region]);
  let waiting = options.unmet;
  while (waiting.length > 0 && !signal.aborted) {
    const open = config.regions
      .map((each) => each.region)
      .filter((each) => !closed.has(each) && !isRefused(each));
    if (open.length === 0) break;
    const { seen, strangers } = await findStrangers(options, [...open, region]);
    waiting = await takeAtHome(options, waiting, strangers);
    const asked = open.filter((each) => seen.has(each));
    const found = options.takesStrangers
      ? strangers
          .filter(({ name }) => sessions.named([name]).length === 0)
          .filter((each) => each.region !== region)
          .slice(0, waiting.length)
      : [];
    const inUse = [...sessions.all.filter(({ isInUse }) => isInUse), ...strangers];
    // Nodes that are gone are still told of.
    const names = sessions.all.map(({ name }) => name);
    const more = planMore(waiting.length - found.length, asked, inUse, names);
    const planned: readonly PlannedNode[] = [...found, ...more];
    for (const each of open) if (!seen.has(each)) closed.add(each);
    if (planned.length === 0) continue;
    const pairs = planned.flatMap((node, index) => {
      const from = waiting[index];
      return from === undefined ? [] : [{ from, node }];
    });
    const arrived = new Set<NodeSession>();
    await Promise.all(
      [...Map.groupBy(pairs, ({ node }) => node.region)].map(async ([to, inRegion]) => {
        const found = await launchFor(options, to, inRegion);
        for (const from of found) arrived.add(from);
        if (found.length > 0) moved.set(to, (moved.get(to) ?? 0) + found.length);
        if (found.length < inRegion.length) closed.add(to);
      }),
    );
    waiting = waiting.filter((session) => !arrived.has(session));
  }
  return { moved, unmet: waiting.filter(({ machine }) => !machine.isThere) };
};

/** Launches in one region, and gives the nodes that get a machine there their new names. */
const launchFor = async (
  { clock, emit, isRefused, isWanted, launchIn, reason, sessions }: MoveOptions,
  region: string,
  pairs: readonly { readonly from: NodeSession; readonly node: PlannedNode }[],
): Promise<readonly NodeSession[]> => {
  const origins = new Map<NodeSession, NodeSession>();
  const arrived: NodeSession[] = [];
  for (const { from, node } of pairs) {
    const to = sessions.open(node);
    origins.set(to, from);
    to.reserve(() => {
      arrived.push(from);
      emit({ event: 'moved', time: clock(), node: from.name, to: to.name, reason });
      from.moveTo(to);
      sessions.forget(from);
    });
  }
  await launchIn(region, [...origins.keys()], (session) => {
    const from = origins.get(session);
    // By the time that it is this launch's turn, the one before may have been refused.
    if (from === undefined || isRefused(region)) return false;
    return !from.machine.isThere && isWanted(from);
  });
  for (const session of origins.keys()) {
    if (session.awaitsLaunch) sessions.forget(session);
  }
  return arrived;
};

/**
 * Instances of the deployment that belong to no node of this process: somebody else may have met the
 * same shortage. A region that does not say what runs there is not seen, and not asked for more.
 */
const findStrangers = async (
  { clouds, sessions, signal }: MoveOptions,
  regions: readonly string[],
) => {
  const seen = new Set<string>();
  const instances = await Promise.all(
    clouds
      .filter(({ region }) => regions.includes(region))
      .map(async (cloud) => {
        const [answer] = await Promise.allSettled([cloud.describe(signal)]);
        // Whoever watches the region hears of it, and tells.
        if (answer.status === 'rejected') return [];
        seen.add(cloud.region);
        return answer.value.filter(isAlive);
      }),
  );
  const known = sessions.instanceIds();
  const strangers = nameInstances(instances.flat()).filter(
    ({ instance }) => !known.has(instance.instanceId),
  );
  return { seen, strangers };
};

/** Lets nodes have what somebody else launched for them where they were meant to be. */
const takeAtHome = async (
  { isWanted, launchIn, region, takesStrangers }: MoveOptions,
  waiting: readonly NodeSession[],
  strangers: readonly { readonly region: string }[],
): Promise<readonly NodeSession[]> => {
  const count = strangers.filter((each) => each.region === region).length;
  if (!takesStrangers || count === 0) return waiting;
  await launchIn(region, waiting.slice(0, count), isWanted);
  return waiting.filter(({ machine }) => !machine.isThere);
};

/** Kinds of refusals that are named where there are many. */
const refusalLimit = 3;

/**
 * What pools refused, in a few words: `t3.medium in us-west-2a, us-west-2b:
 * InsufficientInstanceCapacity`.
 */
export const describeRefusals = (refusals: readonly LaunchRefusal[]): string => {
  const zones = new Map<string, Set<string>>();
  for (const { code, instanceType = '', zone } of refusals) {
    const kind = JSON.stringify([instanceType, code]);
    const known = zones.get(kind) ?? new Set();
    zones.set(kind, zone === undefined ? known : known.add(zone));
  }
  const kinds = [...zones].map(([kind, places]) => {
    const [instanceType, code]: string[] = JSON.parse(kind);
    const where = [instanceType, [...places].sort().join(', ')].filter((part) => part !== '');
    return where.length === 0 ? code : `${where.join(' in ')}: ${code}`;
  });
  const rest = kinds.length - refusalLimit;
  return [...kinds.slice(0, refusalLimit), ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
};
