import {
  type CapacityPool,
  type CloudTrouble,
  type Instance,
  type LaunchAnswer,
  type LaunchedInstance,
  type LaunchRefusal,
  type Lifecycle,
  type RegionCloud,
  tagNames,
} from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { isShortage, refusalError } from '../ec2/launch.ts';
import { DeadlineExceededError, formatSeconds, withDeadline } from '../pipeline/deadline.ts';
import { PhaseFailure, toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';
import { onDemandHint } from './on-demand-hint.ts';
import { isAlive } from './plan.ts';

export type RegionLaunchOptions = {
  readonly cloud: RegionCloud;
  /** The nodes to launch instances for, in the order of their slots. */
  readonly sessions: readonly NodeSession[];
  /** Ids of the instances that nodes have already. */
  readonly known: ReadonlySet<string>;
  /** Tags that say when what is launched may be destroyed; none where it may stay. */
  readonly expiry: Readonly<Record<string, string>>;
  readonly userData: string;
  /** Makes the launch one of its own. */
  readonly identity: string | undefined;
  readonly strangers: Strangers;
  /** Pools that are only asked where no other is left. */
  readonly avoid?: readonly CapacityPool[];
  /** Whether nodes are launched on demand: those that no spot pool has an instance for, or all. */
  readonly onDemand: 'never' | 'after-spot' | 'at-once';
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly notices: Notices;
};

/**
 * Which instances that somebody else launched are taken: any without another node's name, those
 * with the name of one of the nodes, or none.
 */
export type Strangers = 'any' | 'namesakes' | 'none';

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
 * and launches for the rest; writes each its name. What becomes of nodes that get none is for the
 * caller; nothing here rejects, so that no region can touch another.
 */
export const launchRegion = async (options: RegionLaunchOptions): Promise<RegionLaunchOutcome> => {
  const { cloud, sessions, signal, timeout } = options;
  for (const { machine } of sessions) machine.beginLaunch();
  const launch = new RegionLaunch(options);
  const outcome = () => ({
    launched: launch.found,
    unmet: launch.missing,
    refusals: launch.refusals,
  });
  try {
    await withDeadline(timeout, signal, (bounded) => launch.run(bounded));
    if (launch.missing.length === 0) return outcome();
    return { ...outcome(), shortage: shortageOf(options, launch.refusals) };
  } catch (error) {
    if (signal.aborted || launch.missing.length === 0) return outcome();
    const shortage = {
      failure: failureOf(error, cloud.trouble?.()),
      exitStatus: error instanceof Ec2Error ? error.exitStatus : 1,
      isLocal: error instanceof Ec2Error && isShortage(error),
    };
    return { ...outcome(), shortage };
  }
};

/** Time runs out over what EC2 was waited for. */
const failureOf = (error: unknown, trouble: CloudTrouble | undefined): PhaseFailure => {
  if (!(error instanceof DeadlineExceededError)) return toPhaseFailure(error);
  const { hint, message } = trouble ?? {
    message: 'EC2 has not answered all that it was asked',
    hint: '`timeouts.launching` in the configuration allows more. Then run `spot-tui create` again: it carries on.',
  };
  const time = formatSeconds(error.milliseconds);
  return new PhaseFailure(`launching took longer than ${time}: ${message}`, hint);
};

type Obtained = LaunchedInstance & Partial<Pick<Instance, 'tags'>>;

/** The launches of a region until each node has an instance, or EC2 has no more to give. */
class RegionLaunch {
  readonly found = new Map<NodeSession, LaunchedInstance>();
  readonly refusals: LaunchRefusal[] = [];
  readonly #options: RegionLaunchOptions;

  constructor(options: RegionLaunchOptions) {
    this.#options = options;
  }

  get missing(): NodeSession[] {
    return this.#options.sessions.filter((session) => !this.found.has(session));
  }

  /** Looks at what runs before each launch: the number of the launch stands for what was seen. */
  async run(signal: AbortSignal): Promise<void> {
    const { avoid, cloud, identity, onDemand, userData } = this.#options;
    await cloud.prepare({ userData }, signal);
    const asked = new Set<Lifecycle>();
    let lifecycle: Lifecycle = onDemand === 'at-once' ? 'on-demand' : 'spot';
    for (;;) {
      await this.#takeStrangers(await cloud.settle(signal), signal);
      const { missing } = this;
      if (missing.length === 0) return;
      if (lifecycle === 'on-demand' && !asked.has(lifecycle)) this.#tellOnDemand();
      const answer = await cloud.launch(
        {
          count: missing.length,
          lifecycle,
          userData,
          nodes: missing.map(({ name }) => name),
          ...(identity === undefined ? {} : { identity }),
          ...(avoid === undefined ? {} : { avoid }),
        },
        signal,
      );
      await this.#take(missing, answer.instances, signal);
      await cloud.concludeLaunch(answer, signal);
      this.refusals.push(...answer.refusals);
      if (this.missing.length === 0) return;
      if (answer.isOvertaken || answer.isFull) continue;
      const next = this.#next(lifecycle, answer, asked.has(lifecycle));
      asked.add(lifecycle);
      if (next === undefined) return;
      lifecycle = next;
    }
  }

  /** What to ask for after an answer that brought less than was asked for. */
  #next(
    lifecycle: Lifecycle,
    { hasMorePools, refusals }: LaunchAnswer,
    isSecond: boolean,
  ): Lifecycle | undefined {
    if (!isSecond && hasMorePools) return lifecycle;
    const isAllowed = this.#options.onDemand === 'after-spot' && mayBeDearer(refusals);
    return lifecycle === 'spot' && isAllowed ? 'on-demand' : undefined;
  }

  #tellOnDemand(): void {
    const { cloud, notices } = this.#options;
    const nodes = this.missing.map(({ name }) => name).join(', ');
    notices.say('warning', `no spot capacity for ${nodes}: launching on demand`, {
      region: cloud.region,
      hint: 'On demand costs about three times as much; "on_demand_fallback: false" prevents it.',
      topic: 'capacity',
    });
  }

  async #takeStrangers(instances: readonly Instance[], signal: AbortSignal): Promise<void> {
    const { known, strangers } = this.#options;
    if (strangers === 'none') return;
    const { missing } = this;
    const names = new Set(missing.map(({ name }) => name));
    const free = instances.filter((instance) => {
      const name = instance.tags[tagNames.node];
      const isFree = name === undefined ? strangers === 'any' : names.has(name);
      return isFree && isAlive(instance) && !known.has(instance.instanceId);
    });
    await this.#take(missing, free, signal);
  }

  async #take(
    sessions: readonly NodeSession[],
    instances: readonly Obtained[],
    signal: AbortSignal,
  ): Promise<void> {
    const taken = new Set([...this.found.values()].map(({ instanceId }) => instanceId));
    const free = instances.filter(
      ({ instanceId }) => !taken.has(instanceId) && !this.#options.known.has(instanceId),
    );
    const shares = share(sessions, free);
    for (const [session, instance] of shares) {
      this.found.set(session, instance);
      session.launched(instance);
    }
    await this.#writeNames(shares, signal);
  }

  /** A name that could not be written is no reason to fail: whoever attaches next adopts the node. */
  async #writeNames(
    shares: ReadonlyMap<NodeSession, Obtained>,
    signal: AbortSignal,
  ): Promise<void> {
    const { cloud, expiry, notices } = this.#options;
    const names = new Map<string, Readonly<Record<string, string>>>();
    for (const [{ name }, { instanceId, tags }] of shares) {
      if (tags?.[tagNames.node] === name) continue;
      names.set(instanceId, { [tagNames.node]: name, ...expiry });
    }
    if (names.size === 0) return;
    try {
      await cloud.tag(names, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { reason, hint, topic } = toPhaseFailure(error);
      notices.say('warning', `the names of new nodes could not be written: ${reason}`, {
        hint,
        topic,
        region: cloud.region,
      });
    }
  }
}

/** The limit that spot instances are too dear for is one on demand as well. */
export const mayBeDearer = (refusals: readonly LaunchRefusal[]): boolean =>
  refusals.length === 0 || refusals.some(({ code }) => code !== 'SpotMaxPriceTooLow');

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

/** A refusal for capacity says more than others. */
const shortageOf = (
  { cloud: { region }, onDemand }: Pick<RegionLaunchOptions, 'cloud' | 'onDemand'>,
  refusals: readonly LaunchRefusal[],
): Shortage => {
  const errors = refusals.map((refusal) => refusalError({ region }, refusal));
  const error = errors.find(({ kind }) => kind === 'capacity') ?? errors[0];
  return {
    failure: new PhaseFailure(
      error?.message ?? `${region}: EC2 launched fewer instances than asked for and gave no reason`,
      onDemand === 'never'
        ? onDemandHint(error, refusals)
        : (error?.hint ?? '`spot-tui create` fills what is missing.'),
      errors.map(({ message }) => message),
      error?.topic ?? 'capacity',
    ),
    exitStatus: error?.exitStatus ?? 1,
    isLocal: error === undefined || isShortage(error),
  };
};
