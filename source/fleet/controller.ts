import type { Config } from '../config/config.ts';
import { type Instance, type RegionCloud, tagNames } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import { reportAs } from '../pipeline/node-report.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { RemoteScripts } from '../pipeline/remote-script.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { FleetActions, SshCommand } from './actions.ts';
import { describeAll } from './find-nodes.ts';
import { launchRegion } from './launch-region.ts';
import { MachineRecord } from './machine-record.ts';
import { NodeSession } from './node-session.ts';
import { type ExistingNode, type PlannedNode, planFleet } from './plan.ts';
import { sshPortOf } from './ssh-port.ts';
import { RegionWatch } from './watch-region.ts';

export type FleetControllerOptions = {
  readonly config: Config;
  /** Reads the files for the nodes as they are now. */
  readonly buildPayload: () => Promise<Payload>;
  /** The files as they were at the start. */
  readonly payload: Payload;
  readonly scripts: RemoteScripts;
  /** User data of new instances, before base64. */
  readonly userData: string;
  /** One for each region of the configuration. */
  readonly clouds: readonly RegionCloud[];
  readonly connect: (instance: Instance) => NodeConnection;
  readonly sshCommand: (instance: Instance) => SshCommand;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Whether the nodes' journals are followed and reported. */
  readonly followLogs: boolean;
};

/**
 * Drives a fleet: launches what is missing, runs a pipeline on every node, keeps an eye on the
 * machines, and carries out what people ask for. All that happens comes out as events.
 */
export class FleetController implements FleetActions {
  readonly #options: FleetControllerOptions;
  readonly #sessions = new Map<string, NodeSession>();
  readonly #lifetime = new AbortController();
  readonly #watches = new Map<string, RegionWatch>();
  readonly #background = new Set<Promise<void>>();
  #payload: Payload;
  #fatalExitStatus = 0;

  constructor(options: FleetControllerOptions) {
    this.#options = options;
    this.#payload = options.payload;
  }

  /** Exit status of a region's launch that failed as a whole; 0 when none did. */
  get fatalExitStatus(): number {
    return this.#fatalExitStatus;
  }

  get sessions(): readonly NodeSession[] {
    return [...this.#sessions.values()];
  }

  /** Whether a run of the node is under way. */
  isWorkingOn(node: string): boolean {
    return this.#sessions.get(node)?.isWorking ?? false;
  }

  /**
   * Brings the fleet to the configured size and every node to ready. Resolves when each node has
   * settled.
   *
   * @throws Ec2Error when it can't be found out what exists: nothing has been launched then.
   */
  async create(signal: AbortSignal): Promise<void> {
    const { config, clouds } = this.#options;
    const plan = planFleet(config, await describeAll(clouds, signal));
    this.#started('create', plan.existing.length + countOf(plan.launches));
    for (const node of plan.existing) this.#adopt(node, 'create');
    const launches = plan.launches.map(({ region, generation, nodes }) => ({
      generation,
      cloud: this.#cloud(region),
      sessions: nodes.map((node) => {
        const session = this.#open(node);
        session.start('create');
        return session;
      }),
    }));
    for (const cloud of clouds) this.#watch(cloud);
    this.#tagAdopted(plan.existing);
    await Promise.all(launches.map((launch) => this.#launch(launch)));
    await this.settled();
  }

  /**
   * Takes over nodes that exist, as `findNodes` found them, and starts a run on each of them where
   * a journey is given; `settled` tells when the runs are over.
   */
  attach(command: string, nodes: readonly ExistingNode[], journey?: Journey): void {
    this.#started(command, nodes.length);
    for (const node of nodes) this.#adopt(node, journey);
    this.#tagAdopted(nodes);
    for (const cloud of this.#options.clouds) this.#watch(cloud);
  }

  /** Resolves once EC2 says of every node's machine that it is gone. */
  async terminated(signal: AbortSignal): Promise<void> {
    await Promise.all(this.sessions.map(({ machine }) => machine.gone(signal)));
  }

  /** Resolves once nothing is being done to any node. */
  async settled(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.idle()));
  }

  configure(nodes: readonly string[]): void {
    this.#start(nodes, 'configure');
  }

  push(nodes: readonly string[]): void {
    this.#inBackground(async () => {
      this.#payload = await this.#options.buildPayload();
      this.#start(nodes, 'push');
    });
  }

  retry(nodes: readonly string[]): void {
    this.#inBackground(async () => {
      this.#payload = await this.#options.buildPayload();
      for (const session of this.#named(nodes)) {
        if (session.machine.instanceId === undefined) {
          await this.#relaunch(session);
        } else {
          this.#start([session.name], 'create');
        }
      }
    });
  }

  terminate(nodes: readonly string[]): void {
    const byRegion = Map.groupBy(this.#named(nodes), ({ context }) => context.region);
    for (const [region, sessions] of byRegion) {
      const ids = sessions.flatMap(({ machine }) => machine.instanceId ?? []);
      for (const session of sessions) session.terminating('asked for here');
      this.#inBackground(async (signal) => {
        await this.#cloud(region).terminate(ids, signal);
        this.#watches.get(region)?.nudge();
      });
    }
  }

  sshCommand(node: string): SshCommand | undefined {
    const instance = this.#sessions.get(node)?.machine.instance;
    return instance?.address === undefined ? undefined : this.#options.sshCommand(instance);
  }

  /** Ends all work and connections. What runs on AWS keeps running. */
  async close(): Promise<void> {
    this.#lifetime.abort();
    for (const session of this.#sessions.values()) session.close();
    await Promise.all(this.#background);
  }

  #start(nodes: readonly string[], journey: Journey): void {
    for (const session of this.#named(nodes)) {
      if (!session.start(journey)) {
        session.context.report.log(`${journey} has to wait: the node is still being worked on`);
      }
    }
  }

  async #relaunch(session: NodeSession): Promise<void> {
    const { clouds, config } = this.#options;
    const { region } = session.context;
    session.machine.reset();
    if (!session.start('create')) return;
    this.#watches.get(region)?.nudge();
    const plan = planFleet(config, await describeAll(clouds, this.#lifetime.signal));
    await this.#launch({
      generation: plan.launches.find((launch) => launch.region === region)?.generation ?? 1,
      cloud: this.#cloud(region),
      sessions: [session],
    });
  }

  async #launch(launch: {
    readonly generation: number;
    readonly cloud: RegionCloud;
    readonly sessions: readonly NodeSession[];
  }): Promise<void> {
    const { config, clock, emit, userData } = this.#options;
    const exitStatus = await launchRegion({
      ...launch,
      userData,
      timeout: config.timeouts.launching,
      signal: this.#lifetime.signal,
      notify: (level, message, hint) =>
        emit({
          event: 'notice',
          time: clock(),
          level,
          message,
          ...(hint === undefined ? {} : { hint }),
          region: launch.cloud.region,
        }),
    });
    this.#fatalExitStatus = Math.max(this.#fatalExitStatus, exitStatus);
  }

  #watch(cloud: RegionCloud): void {
    const watch = new RegionWatch({
      cloud,
      signal: this.#lifetime.signal,
      isChanging: () =>
        this.sessions.some(
          (session) => session.context.region === cloud.region && session.awaitsMachine,
        ),
      onInstances: (instances) => this.#observe(instances),
    });
    this.#watches.set(cloud.region, watch);
    this.#inBackground(() => watch.run());
  }

  #observe(instances: readonly Instance[]): void {
    const sessions = new Map(this.sessions.map((session) => [session.machine.instanceId, session]));
    for (const instance of instances) {
      sessions
        .get(instance.instanceId)
        ?.observed(instance, sshPortOf(instance, this.#options.config));
    }
  }

  #started(command: string, nodes: number): void {
    const { clock, clouds, config, emit } = this.#options;
    emit({
      event: 'fleet',
      time: clock(),
      deployment: config.deployment,
      command,
      regions: clouds.map(({ region }) => region),
      nodes,
    });
  }

  #adopt(node: ExistingNode, journey?: Journey): void {
    const session = this.#open(node);
    session.observed(node.instance, sshPortOf(node.instance, this.#options.config));
    if (journey !== undefined) session.start(journey);
  }

  #open({ name, region, index }: PlannedNode): NodeSession {
    const { clock, config, connect, emit, followLogs, scripts } = this.#options;
    const currentPayload = () => this.#payload;
    const machine = new MachineRecord(connect);
    const session = new NodeSession(
      {
        name,
        region,
        index,
        config,
        get payload() {
          return currentPayload();
        },
        scripts,
        machine,
        report: reportAs({ name, region }, emit, clock),
      },
      machine,
      {
        emit,
        clock,
        ...(followLogs ? { followServices: this.#payload.services.map(({ unit }) => unit) } : {}),
      },
    );
    this.#sessions.set(name, session);
    return session;
  }

  #tagAdopted(nodes: readonly ExistingNode[]): void {
    const adopted = Map.groupBy(
      nodes.filter((node) => node.adopted),
      ({ region }) => region,
    );
    for (const [region, inRegion] of adopted) {
      const names = new Map(
        inRegion.map(({ name, instance }) => [instance.instanceId, { [tagNames.node]: name }]),
      );
      this.#inBackground((signal) => this.#cloud(region).tag(names, signal));
    }
  }

  #named(nodes: readonly string[]): NodeSession[] {
    return nodes.flatMap((node) => this.#sessions.get(node) ?? []);
  }

  #cloud(region: string): RegionCloud {
    const cloud = this.#options.clouds.find((each) => each.region === region);
    if (cloud === undefined) throw new Error(`${region} is no region of this configuration`);
    return cloud;
  }

  /** Work that nobody waits for; what goes wrong with it is a notice. */
  #inBackground(work: (signal: AbortSignal) => Promise<void>): void {
    const { clock, emit } = this.#options;
    const running = work(this.#lifetime.signal)
      .catch((error: unknown) => {
        if (this.#lifetime.signal.aborted) return;
        const { reason, hint } = toPhaseFailure(error);
        emit({ event: 'notice', time: clock(), level: 'error', message: reason, hint });
      })
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }
}

const countOf = (launches: readonly { readonly nodes: readonly unknown[] }[]): number =>
  launches.reduce((sum, { nodes }) => sum + nodes.length, 0);
