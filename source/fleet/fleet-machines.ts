import type { Config } from '../config/config.ts';
import { type RegionCloud, tagNames } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { expiryTag } from '../ec2/expiry.ts';
import { createTurns, type TakeTurns } from '../ec2/turns.ts';
import type { Emit } from '../events/event.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import type { FleetWatch } from './fleet-watch.ts';
import {
  launchRegion,
  type RegionLaunchOptions,
  type RegionLaunchOutcome,
  type Strangers,
} from './launch-region.ts';
import type { RunEnd } from './node-run.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';
import type { ExistingNode } from './plan.ts';
import { isLastRegion, settleShortage } from './settle-shortage.ts';

export type FleetMachinesOptions = {
  readonly config: Config;
  /** One for each region of the configuration. */
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  readonly watch: Pick<FleetWatch, 'nudge'>;
  readonly notices: Notices;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Ends what has not been asked of EC2 yet. */
  readonly signal: AbortSignal;
};

export type LaunchOptions = {
  readonly userData: string;
  /** Nothing is launched for a node that is not wanted when its region's turn comes. */
  readonly isWanted?: (session: NodeSession) => boolean;
  /** Ends what has not been asked of EC2 yet, in place of the end of the program. */
  readonly signal?: AbortSignal;
  /** Makes the launch one of its own: without it, equal launches of several processes are one. */
  readonly identity?: string;
  /** Default: `none` for a launch of its own, else `any`. */
  readonly strangers?: Strangers;
  /** Nodes are wanted in the region that they are in, and nowhere else. */
  readonly isBound?: boolean;
};

/** Milliseconds for which a region that had too little is not asked for nodes of other regions. */
const refusalMemory = 300_000;

/** Gets machines for the nodes of a fleet and ends them: one call per region, not one per node. */
export class FleetMachines {
  readonly #options: FleetMachinesOptions;
  readonly #launching = new Map<string, TakeTurns>();
  /** When regions had too little, by `performance.now`. */
  readonly #refusedAt = new Map<string, number>();
  #fatalExitStatus = 0;

  constructor(options: FleetMachinesOptions) {
    this.#options = options;
  }

  /** Exit status that EC2's refusals stand for: to launch, or to be watched; 0 without any. */
  get fatalExitStatus(): number {
    return this.#fatalExitStatus;
  }

  /** EC2 refused something without which the fleet can't be what it should. */
  refused(error: unknown): void {
    if (error instanceof Ec2Error) this.#note(error.exitStatus);
  }

  /**
   * Terminates a region's machines. Resolves when EC2 has agreed, and the nodes have said so, but
   * those that got another machine meanwhile, or wait for one.
   *
   * @param end What becomes of what is being done to the nodes.
   * @returns Why not, for each node whose machine EC2 does not terminate.
   * @throws Ec2Error
   */
  async terminate(
    region: string,
    sessions: readonly NodeSession[],
    signal: AbortSignal,
    end?: RunEnd,
  ): Promise<ReadonlyMap<NodeSession, Ec2Error>> {
    const launched = sessions.flatMap((session) => {
      const { instanceId } = session.machine;
      return instanceId === undefined ? [] : [{ session, instanceId }];
    });
    const instanceIds = launched.map(({ instanceId }) => instanceId);
    const errors = await this.#cloud(region).terminate(instanceIds, signal);
    const refused = new Map<NodeSession, Ec2Error>();
    for (const { instanceId, session } of launched) {
      const error = errors.get(instanceId);
      if (error !== undefined) refused.set(session, error);
      else if (session.machine.instanceId === instanceId) session.dismissed(end);
    }
    this.#options.watch.nudge(region);
    return refused;
  }

  /**
   * Launches machines for nodes that have none, all regions at once. Where a region has too little,
   * others are asked unless the configuration wants the fleet spread: a node that finds a machine
   * there gets a name of that region. A node that gets none fails with EC2's reason.
   *
   * Instances of somebody else that are there are taken first, unless the launch is one of its own.
   */
  async launch(sessions: readonly NodeSession[], request: LaunchOptions): Promise<void> {
    await Promise.all(
      [...byRegion(sessions)].map(async ([region, inRegion]) => {
        const outcome = await this.#launchIn(region, inRegion, request);
        if (outcome !== undefined) await this.#settle(region, outcome, request);
      }),
    );
  }

  /**
   * Writes one tag set on each of the named instances of a region.
   *
   * @throws Ec2Error
   */
  tag(
    region: string,
    tags: ReadonlyMap<string, Readonly<Record<string, string>>>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#cloud(region).tag(tags, signal);
  }

  /** Gives nodes their time to live anew, where there is one. */
  async renew(nodes: readonly ExistingNode[], signal: AbortSignal): Promise<void> {
    if (this.#options.config.timeToLive === undefined) return;
    await Promise.all(
      [...byRegion(nodes)].map(([region, inRegion]) => {
        const expiry = this.#expiry(region);
        return this.#cloud(region).tag(
          new Map(inRegion.map(({ instance }) => [instance.instanceId, expiry])),
          signal,
        );
      }),
    );
  }

  #expiry(region: string): Readonly<Record<string, string>> {
    const { timeToLive } = this.#options.config;
    return timeToLive === undefined ? {} : expiryTag(timeToLive, this.#cloud(region).now());
  }

  /** Writes the names of adopted nodes into their tags. */
  async tagAdopted(nodes: readonly ExistingNode[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      [...byRegion(nodes.filter((node) => node.adopted))].map(([region, adopted]) =>
        this.#cloud(region).tag(
          new Map(
            adopted.map(({ name, instance }) => [instance.instanceId, { [tagNames.node]: name }]),
          ),
          signal,
        ),
      ),
    );
  }

  /** Does something about a region's instances while nothing is launched there from here. */
  async inTurn<Result>(
    region: string,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const takeTurns = this.#launching.get(region) ?? createTurns();
    this.#launching.set(region, takeTurns);
    try {
      return await takeTurns(signal, work);
    } finally {
      this.#options.watch.nudge(region);
    }
  }

  /** One launch after the other: an instance of one would be a stranger's to the next. */
  async #launchIn(
    region: string,
    sessions: readonly NodeSession[],
    launch: LaunchOptions,
    onDemand: RegionLaunchOptions['onDemand'] = this.#afterSpot(launch),
  ): Promise<RegionLaunchOutcome | undefined> {
    const { config, notices, sessions: fleet, watch } = this.#options;
    const { isWanted = () => true, identity, signal = this.#options.signal, userData } = launch;
    const takeTurns = this.#launching.get(region) ?? createTurns();
    this.#launching.set(region, takeTurns);
    watch.nudge(region);
    try {
      return await takeTurns(signal, async () => {
        const lacking = sessions.filter((session) => !session.machine.isThere && isWanted(session));
        if (lacking.length === 0) return undefined;
        const outcome = await launchRegion({
          cloud: this.#cloud(region),
          sessions: lacking,
          known: fleet.instanceIds(),
          expiry: this.#expiry(region),
          identity,
          strangers: launch.strangers ?? (identity === undefined ? 'any' : 'none'),
          onDemand: config.onDemandFallback ? onDemand : 'never',
          userData,
          timeout: config.timeouts.launching,
          signal,
          notices,
        });
        if (outcome.shortage?.isLocal) this.#refusedAt.set(region, performance.now());
        else if (outcome.shortage === undefined) this.#refusedAt.delete(region);
        return outcome;
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  }

  /** What becomes of nodes that a region has nothing for. */
  async #settle(
    region: string,
    outcome: RegionLaunchOutcome,
    request: LaunchOptions,
  ): Promise<void> {
    if (outcome.shortage === undefined) return;
    const { unmet, shortage } = await settleShortage(region, outcome, outcome.shortage, {
      ...this.#options,
      isBound: request.isBound ?? false,
      takesStrangers: request.identity === undefined,
      isWanted: request.isWanted ?? (() => true),
      isRefused: (each) => performance.now() - this.#refusedSince(each) < refusalMemory,
      launchIn: (to, sessions, { onDemand, ...more } = {}) =>
        this.#launchIn(to, sessions, { ...request, ...more }, onDemand),
      signal: request.signal ?? this.#options.signal,
    });
    for (const { machine } of unmet) machine.refuse(shortage.failure);
    if (unmet.length > 0) this.#note(shortage.exitStatus);
  }

  /** On demand comes last: where other regions are left, they are asked first. */
  #afterSpot({ isBound = false }: LaunchOptions): RegionLaunchOptions['onDemand'] {
    return isLastRegion(this.#options.config, isBound) ? 'after-spot' : 'never';
  }

  #refusedSince(region: string): number {
    return this.#refusedAt.get(region) ?? Number.NEGATIVE_INFINITY;
  }

  #note(exitStatus: number): void {
    this.#fatalExitStatus = Math.max(this.#fatalExitStatus, exitStatus);
  }

  #cloud(region: string): RegionCloud {
    const cloud = this.#options.clouds.find((each) => each.region === region);
    if (cloud === undefined) throw new Error(`${region} is no region of this configuration`);
    return cloud;
  }
}

export const byRegion = <Each extends { readonly region: string }>(
  items: readonly Each[],
): Map<string, Each[]> => Map.groupBy(items, ({ region }) => region);
