import type { Config } from '../config/config.ts';
import { type Instance, type RegionCloud, tagNames } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import { reportAs } from '../pipeline/node-report.ts';
import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';
import type { RemoteScripts } from '../pipeline/remote-script.ts';
import { createAdmission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { MachineRecord } from './machine-record.ts';
import { NodeSession } from './node-session.ts';
import type { ExistingNode, PlannedNode } from './plan.ts';
import type { RegionPrices } from './region-prices.ts';
import { sshPortOf } from './ssh-port.ts';
import type { Strangers } from './strangers.ts';
import { bySuccession, successorOf } from './successor.ts';

export type FleetSessionsOptions = {
  readonly config: Config;
  /** Where machines come from: a node that waits for one in vain says what they wait for. */
  readonly clouds?: readonly Pick<RegionCloud, 'region' | 'trouble'>[];
  readonly scripts: RemoteScripts;
  readonly connect: (
    instance: Instance,
    onHostKey: (key: TrustedHostKey) => void,
  ) => NodeConnection;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Whether the nodes' journals are followed and reported. */
  readonly followLogs: boolean;
  /** Whether nodes are watched as long as they have machines. */
  readonly watchFleet: boolean;
  /** The files as they are now. */
  readonly payload: () => Payload | PayloadOutline | undefined;
  /** Hears how far a node's host key is trusted, after the session itself. */
  readonly onHostKey?: (session: NodeSession, key: TrustedHostKey) => void;
  /** Called when a machine of the region can't be reached. */
  readonly onDoubt: (region: string) => void;
  /** Called once for a machine that EC2 takes back for good. */
  readonly onTaken?: (session: NodeSession) => void;
};

/**
 * Nodes that are looked at together: over a slow link each takes half a second, on this side some
 * milliseconds of computing.
 */
export const inspectionsAtOnce = 48;

/** Milliseconds for which EC2's list may lack an instance that it has shown before. */
const listingTime = 30_000;

/** The nodes of the fleet that this process knows. */
export class FleetSessions {
  readonly #options: FleetSessionsOptions;
  readonly #byName = new Map<string, NodeSession>();
  readonly #inspections = createAdmission(inspectionsAtOnce);
  /** Instances of nodes that EC2 does not list, by id, with the time of the first look. */
  readonly #missingSince = new Map<string, number>();

  constructor(options: FleetSessionsOptions) {
    this.#options = options;
  }

  get all(): NodeSession[] {
    return [...this.#byName.values()];
  }

  /** Those of the names that are known. */
  named(names: readonly string[]): NodeSession[] {
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  inRegion(region: string): NodeSession[] {
    return this.all.filter((session) => session.region === region);
  }

  /** Ids of the instances behind the nodes. */
  instanceIds(): Set<string> {
    return new Set(this.all.flatMap(({ machine }) => machine.instanceId ?? []));
  }

  /** Begins with a node that has no machine yet. */
  open({ name, region, index }: PlannedNode): NodeSession {
    const { clock, config, connect, emit, onDoubt, onTaken, payload, scripts } = this.#options;
    const session: NodeSession = new NodeSession({
      context: {
        name,
        region,
        index,
        config,
        scripts,
        report: reportAs({ name, region }, emit, clock),
      },
      machine: new MachineRecord({
        connect,
        trouble: () => this.#options.clouds?.find((cloud) => cloud.region === region)?.trouble?.(),
        onDoubt: () => onDoubt(region),
        onHostKey: (key) => {
          session.hostKeyTrusted(key);
          this.#options.onHostKey?.(session, key);
        },
      }),
      payload,
      emit,
      clock,
      followLog: this.#options.followLogs,
      isWatched: this.#options.watchFleet,
      inspections: this.#inspections,
      ...(onTaken === undefined ? {} : { onTaken }),
    });
    this.#byName.set(name, session);
    return session;
  }

  /** A node is no more: it is another one now, or never was. */
  forget(session: NodeSession): void {
    if (this.#byName.get(session.name) === session) this.#byName.delete(session.name);
  }

  /** Begins with a node whose machine exists. */
  adopt(node: ExistingNode): NodeSession {
    const session = this.open(node);
    session.observed(node.instance, sshPortOf(node.instance, this.#options.config));
    return session;
  }

  /**
   * Begins to observe the nodes that somebody else launched in a region. While this process
   * launches there itself, whose an instance is can't be told yet.
   */
  adoptStrangers(
    region: string,
    instances: readonly Instance[],
    strangers: Strangers,
  ): ExistingNode[] {
    const sessions = this.inRegion(region);
    if (sessions.some(({ awaitsLaunch }) => awaitsLaunch)) return [];
    const known = sessions.map(({ machine, name }) => ({
      name,
      instanceId: machine.instanceId,
      isThere: machine.isThere,
    }));
    const nodes = strangers.adoptable(region, instances, known, performance.now());
    for (const node of nodes) {
      const session = this.#byName.get(node.name) ?? this.open(node);
      session.replaced(node.instance, sshPortOf(node.instance, this.#options.config));
      session.log(
        `${node.instance.instanceId} was launched elsewhere, and is observed from now on`,
      );
      void session.start('observe');
    }
    return nodes;
  }

  /** Tells each node what its pool costs. */
  price(instances: readonly Instance[], prices: Pick<RegionPrices, 'of'>): void {
    const byInstance = this.#byInstance();
    for (const instance of instances) {
      const price = prices.of(instance);
      if (price !== undefined) byInstance.get(instance.instanceId)?.priced(price);
    }
  }

  /**
   * Tells each node what EC2 said of its machine; instances of nobody are passed over.
   *
   * @param region Whose instances they are, all of them.
   * @param now Milliseconds, by any clock that does not go back.
   */
  observe(region: string, instances: readonly Instance[], now: number): void {
    const byInstance = this.#byInstance();
    for (const instance of instances) {
      byInstance
        .get(instance.instanceId)
        ?.observed(instance, sshPortOf(instance, this.#options.config));
    }
    this.#tellSuccessors(instances);
    this.#tellVanished(region, instances, now);
  }

  /** EC2 forgets instances an hour after their end, and nobody may have looked for as long. */
  #tellVanished(region: string, instances: readonly Instance[], now: number): void {
    const listed = new Set(instances.map(({ instanceId }) => instanceId));
    for (const session of this.inRegion(region)) {
      const { instance } = session.machine;
      if (instance === undefined || instance.state === 'terminated') continue;
      const { instanceId } = instance;
      if (listed.has(instanceId)) {
        this.#missingSince.delete(instanceId);
        continue;
      }
      const since = this.#missingSince.get(instanceId) ?? now;
      this.#missingSince.set(instanceId, since);
      if (now - since >= listingTime) session.vanished(instance);
    }
  }

  #tellSuccessors(instances: readonly Instance[]): void {
    const bereft = this.all.filter(({ isBereft }) => isBereft);
    if (bereft.length === 0) return;
    const successions = bySuccession(instances);
    for (const session of bereft) {
      const successor = successorOf(session.machine.instanceId ?? '', successions);
      const name = successor?.tags[tagNames.node];
      if (name !== undefined) session.succeededBy(name);
    }
  }

  #byInstance(): Map<string | undefined, NodeSession> {
    return new Map(this.all.map((session) => [session.machine.instanceId, session]));
  }
}
