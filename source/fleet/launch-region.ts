import {
  type Instance,
  type LaunchedInstance,
  type LaunchRefusal,
  type RegionCloud,
  tagNames,
} from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { refusalError } from '../ec2/launch.ts';
import { withDeadline } from '../pipeline/deadline.ts';
import { PhaseFailure, toPhaseFailure } from '../pipeline/phase-failure.ts';
import { nextGeneration } from './generation.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';
import { isAlive } from './plan.ts';

export type RegionLaunchOptions = {
  readonly cloud: RegionCloud;
  /** The nodes to launch instances for, in the order of their slots. */
  readonly sessions: readonly NodeSession[];
  /** Ids of the instances that nodes have already. */
  readonly known: ReadonlySet<string>;
  readonly userData: string;
  /** Makes the launch one of its own, which takes no instances of others. */
  readonly identity: string | undefined;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly notices: Notices;
};

/** What a region's launch has come to. */
export type RegionLaunchOutcome = {
  /** Nodes that got an instance, with it. */
  readonly launched: ReadonlyMap<NodeSession, LaunchedInstance>;
  /** Nodes that got none, in the order of their slots; whoever launches says what becomes of them. */
  readonly unmet: readonly NodeSession[];
  /** What pools gave nothing, or less than they were asked for, and why. */
  readonly refusals: readonly LaunchRefusal[];
  /** Why there are unmet nodes; absent where there are none, and after the signal's end. */
  readonly shortage?: Shortage;
};

/** Why a region gave fewer instances than were asked for. */
export type Shortage = {
  /** What a node fails with that gets no instance elsewhere either. */
  readonly failure: PhaseFailure;
  /** The exit status that the command ends with because of it. */
  readonly exitStatus: number;
  /** Whether it is for capacity or a limit of the account there, so that other regions may help. */
  readonly isLocal: boolean;
};

/**
 * Gets instances for a region's nodes: those that somebody else launched since the plan was made,
 * and one launch for the rest; writes each its name. What becomes of nodes that get none is for
 * the caller; nothing here rejects, so that no region can touch another.
 */
export const launchRegion = async (options: RegionLaunchOptions): Promise<RegionLaunchOutcome> => {
  const { sessions, signal, timeout } = options;
  for (const { machine } of sessions) machine.beginLaunch();
  try {
    const { found, refusals } = await withDeadline(timeout, signal, (bounded) =>
      obtain(options, bounded),
    );
    for (const [session, instance] of found) session.launched(instance);
    await writeNames(options, found);
    const unmet = sessions.filter((session) => !found.has(session));
    return {
      launched: found,
      unmet,
      refusals,
      ...(unmet.length === 0 ? {} : { shortage: shortageOf(options.cloud.region, refusals) }),
    };
  } catch (error) {
    const none = {
      launched: new Map<NodeSession, LaunchedInstance>(),
      unmet: sessions,
      refusals: [],
    };
    if (signal.aborted) return none;
    return {
      ...none,
      shortage: {
        failure: toPhaseFailure(error),
        exitStatus: error instanceof Ec2Error ? error.exitStatus : 1,
        isLocal: error instanceof Ec2Error && isLocal(error),
      },
    };
  }
};

const isLocal = ({ kind }: Ec2Error): boolean => kind === 'capacity' || kind === 'quota';

type Obtained = Pick<Instance, 'instanceId' | 'instanceType'> &
  Partial<Pick<Instance, 'zone' | 'tags'>>;

/**
 * Looks at what runs only once the launch is prepared, and not at what ran when the plan was made.
 * `prepare` notes how many launches of the region EC2 has answered, which decides on the launch's
 * client token: a launch of somebody else is either answered by then, and its instances are found,
 * or it is the same as this one to EC2, and gives the same instances.
 */
const obtain = async (
  { cloud, identity, known, sessions, userData }: RegionLaunchOptions,
  signal: AbortSignal,
): Promise<{ found: Map<NodeSession, Obtained>; refusals: readonly LaunchRefusal[] }> => {
  await cloud.prepare({ userData }, signal);
  const instances = await cloud.describe(signal);
  const strangers = instances.filter(
    (instance) => identity === undefined && isAlive(instance) && !known.has(instance.instanceId),
  );
  const found = share(sessions, strangers);
  const missing = sessions.filter((session) => !found.has(session));
  if (missing.length === 0) return { found, refusals: [] };
  const generation = nextGeneration(instances);
  const answer = await cloud.launch(
    {
      count: missing.length,
      generation,
      userData,
      ...(identity === undefined ? {} : { identity }),
    },
    signal,
  );
  return {
    found: new Map([...found, ...share(missing, answer.instances)]),
    refusals: answer.refusals,
  };
};

/** Gives each node its instance: the one that has its name, else by the order of ids. */
const share = <Each extends Obtained>(
  sessions: readonly NodeSession[],
  instances: readonly Each[],
): Map<NodeSession, Each> => {
  const byName = new Map(instances.map((instance) => [instance.tags?.[tagNames.node], instance]));
  const shares = new Map<NodeSession, Each>();
  for (const session of sessions) {
    const own = byName.get(session.name);
    if (own !== undefined) shares.set(session, own);
  }
  const taken = new Set(shares.values());
  const others = instances
    .filter((instance) => !taken.has(instance))
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  for (const session of sessions) {
    if (shares.has(session)) continue;
    const next = others.shift();
    if (next !== undefined) shares.set(session, next);
  }
  return shares;
};

/** A name that could not be written is no reason to fail: whoever attaches next adopts the node. */
const writeNames = async (
  { cloud, notices, signal }: RegionLaunchOptions,
  found: ReadonlyMap<NodeSession, Obtained>,
): Promise<void> => {
  const names = new Map<string, Readonly<Record<string, string>>>();
  for (const [{ name }, { instanceId, tags }] of found) {
    if (tags?.[tagNames.node] !== name) names.set(instanceId, { [tagNames.node]: name });
  }
  if (names.size === 0) return;
  try {
    await cloud.tag(names, signal);
  } catch (error) {
    if (signal.aborted) return;
    const { reason, hint } = toPhaseFailure(error);
    notices.say('warning', `the names of new nodes could not be written: ${reason}`, {
      hint,
      region: cloud.region,
    });
  }
};

/** A refusal for capacity says more than others. */
const shortageOf = (region: string, refusals: readonly LaunchRefusal[]): Shortage => {
  const errors = refusals.map((refusal) => refusalError({ region }, refusal));
  const error = errors.find(({ kind }) => kind === 'capacity') ?? errors[0];
  return {
    failure: new PhaseFailure(
      error?.message ?? `${region}: EC2 launched fewer instances than asked for and gave no reason`,
      error?.hint ?? '`spot-tui create` fills what is missing.',
      errors.map(({ message }) => message),
    ),
    exitStatus: error?.exitStatus ?? 1,
    isLocal: error === undefined || isLocal(error),
  };
};
