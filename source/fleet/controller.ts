import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Instance, RegionCloud } from '../ec2/cloud.ts';
import { throwFirst } from '../ec2/errors.ts';
import type { Emit } from '../events/event.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { RemoteScripts } from '../pipeline/remote-script.ts';
import type { UserData } from '../pipeline/user-data.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { SshCommand } from './actions.ts';
import { BackgroundWork } from './background-work.ts';
import { byRegion, FleetMachines } from './fleet-machines.ts';
import { FleetRequests } from './fleet-requests.ts';
import { FleetSessions } from './fleet-sessions.ts';
import { FleetWatch } from './fleet-watch.ts';
import { HostKeyRecord } from './host-key-record.ts';
import type { NodeSession } from './node-session.ts';
import { type Notices, noticesAs } from './notices.ts';
import { PayloadSource } from './payload-source.ts';
import type { ExistingNode } from './plan.ts';
import { settledPlan } from './settled-plan.ts';

export type FleetControllerOptions = {
  readonly config: Config;
  /** Reads the files for the nodes as they are now. */
  readonly buildPayload: (signal: AbortSignal) => Promise<Payload>;
  /** The files as they were at the start; absent where they are not here. */
  readonly payload: Payload | PayloadOutline | undefined;
  readonly scripts: RemoteScripts;
  /** Makes what new instances boot with. */
  readonly buildUserData: () => Promise<UserData>;
  /** One for each region of the configuration. */
  readonly clouds: readonly RegionCloud[];
  readonly connect: (
    instance: Instance,
    onHostKey: (key: TrustedHostKey) => void,
  ) => NodeConnection;
  readonly sshCommand: (instance: Instance) => SshCommand;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Whether the nodes' journals are followed and reported. */
  readonly followLogs: boolean;
  /** Whether the fleet is watched for as long as the program runs: nodes' health, new nodes. */
  readonly watchFleet: boolean;
  /** Who runs the program: `user@machine`. */
  readonly by: string;
  /** Whether the machines have a page in AWS' console. */
  readonly hasConsole: boolean;
};

/** Milliseconds that a fleet that has settled waits to know what it costs. */
const pricePatience = 3_000;

/**
 * Drives a fleet: launches what is missing, runs a pipeline on every node, keeps an eye on the
 * machines. All that happens comes out as events.
 */
export class FleetController {
  /** Carries out what people ask for. */
  readonly actions: FleetRequests;
  readonly #options: FleetControllerOptions;
  readonly #sessions: FleetSessions;
  readonly #watch: FleetWatch;
  readonly #machines: FleetMachines;
  readonly #background: BackgroundWork;
  readonly #notices: Notices;
  /** Whether the fleet is being brought to its size. */
  #isCreating = false;
  readonly #hostKeys: HostKeyRecord;

  constructor(options: FleetControllerOptions) {
    this.#options = options;
    this.#notices = noticesAs(options.emit, options.clock);
    this.#background = new BackgroundWork({ onError: this.#notices.error });
    const files = new PayloadSource(options.payload, options.buildPayload);
    this.#hostKeys = new HostKeyRecord({
      notices: this.#notices,
      background: this.#background,
      tag: (region, tags, signal) => this.#machines.tag(region, tags, signal),
    });
    this.#sessions = new FleetSessions({
      ...options,
      onHostKey: ({ machine, name, region }, key) =>
        this.#hostKeys.note({ name, region, instanceId: machine.instanceId }, key),
      payload: () => files.current,
      onDoubt: (region) => this.#watch.nudge(region),
      onTaken: (session) => this.#replace(session),
    });
    this.#watch = new FleetWatch({
      clouds: options.clouds,
      sessions: this.#sessions,
      notices: this.#notices,
      onError: (region, error) => this.#unseen(region, error),
      ...(options.watchFleet
        ? {
            whole: {
              healthInterval: options.config.healthInterval,
              onAdopted: (nodes) => this.#tagAdopted(nodes),
            },
          }
        : {}),
    });
    const parts = { ...options, sessions: this.#sessions, watch: this.#watch };
    this.#machines = new FleetMachines({
      ...parts,
      notices: this.#notices,
      signal: this.#background.signal,
    });
    this.actions = new FleetRequests({
      ...parts,
      machines: this.#machines,
      files,
      notices: this.#notices,
      background: this.#background,
    });
  }

  /** Exit status that EC2's refusals stand for: to launch, or to be watched; 0 without any. */
  get fatalExitStatus(): number {
    return this.#machines.fatalExitStatus;
  }

  /** Whether something is being done to the node, beyond looking at it. */
  isWorkingOn(node: string): boolean {
    return this.#sessions.named([node]).some(({ isWorking }) => isWorking);
  }

  /** Whether the node's end was asked for here. */
  isDismissed(node: string): boolean {
    return this.#sessions.named([node]).some(({ isDismissed }) => isDismissed);
  }

  /**
   * Brings the fleet to the configured size and every node to ready. Resolves when each node has
   * settled.
   *
   * @throws Ec2Error when it can't be found out what exists, and what `buildUserData` throws:
   * nothing has been launched then.
   */
  async create(signal: AbortSignal): Promise<void> {
    const { config, clouds } = this.#options;
    const { userData, warnings } = await this.#options.buildUserData();
    const plan = await settledPlan(config, clouds, signal);
    const planned = plan.launches.flatMap(({ nodes }) => nodes);
    this.#hostKeys.writeTags();
    this.#started('create', plan.existing.length + planned.length);
    for (const warning of warnings) this.#notices.say('warning', warning);
    for (const node of plan.existing) void this.#sessions.adopt(node).start('create');
    const sessions = planned.map((node) => this.#sessions.open(node));
    for (const session of sessions) void session.start('create');
    this.#watch.askPrices();
    this.#background.start((signal) => this.#watch.run(signal));
    this.#tagAdopted(plan.existing);
    this.#background.start((background) => this.#machines.renew(plan.existing, background));
    this.#isCreating = true;
    try {
      await this.#machines.launch(sessions, { userData });
      await this.settled();
    } finally {
      this.#isCreating = false;
    }
    await Promise.race([this.#watch.priced(), sleep(pricePatience, undefined, { ref: false })]);
  }

  /**
   * Takes over nodes that exist, as `findNodes` found them, and starts a run on each of them where
   * a journey is given; `settled` tells when the runs are over.
   */
  attach(command: string, nodes: readonly ExistingNode[], journey?: Journey): void {
    this.#hostKeys.writeTags();
    this.#started(command, nodes.length);
    for (const node of nodes) {
      const session = this.#sessions.adopt(node);
      if (journey !== undefined) void session.start(journey);
    }
    this.#tagAdopted(nodes);
    this.#background.start((signal) => this.#watch.run(signal));
  }

  /** Takes nodes over for a moment only: no watch of their machines begins, nothing is tagged. */
  visit(command: string, nodes: readonly ExistingNode[]): void {
    this.#started(command, nodes.length);
    for (const node of nodes) this.#sessions.adopt(node);
  }

  /** Resolves once nothing is being done to any node. */
  async settled(): Promise<void> {
    do {
      await Promise.all(this.#sessions.all.map((session) => session.idle()));
    } while (await this.actions.replaced());
    this.#hostKeys.tell();
  }

  /**
   * Terminates all nodes, and waits until EC2 says of every machine that it is gone.
   *
   * @throws Ec2Error when one can't be terminated or watched; the others are gone then.
   */
  async terminateAll(signal: AbortSignal): Promise<void> {
    const answers = await Promise.allSettled(
      [...byRegion(this.#sessions.all)].map(async ([region, sessions]) => {
        const refused = await this.#machines.terminate(region, sessions, signal);
        const ending = sessions.filter((session) => !refused.has(session));
        await Promise.all(ending.map(({ machine }) => machine.gone(signal)));
        throwFirst(refused.values());
      }),
    );
    signal.throwIfAborted();
    const [first, ...others] = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    for (const error of others) this.#notices.error(error);
    if (first !== undefined) throw first;
  }

  /**
   * EC2 itself is gone for good, as a sandbox can be: every node ends for that reason, and nothing is
   * watched any more.
   */
  perish(error: Error): void {
    const sessions = this.#sessions.all;
    const why = toPhaseFailure(error);
    this.#watch.end();
    const isLoss = sessions.some(({ machine }) => !machine.isGone);
    this.#notices.say(isLoss ? 'error' : 'info', why.reason, {
      hint: why.hint,
      topic: why.topic,
    });
    for (const session of sessions) session.perished(why);
  }

  /** Ends all work and connections. What runs in EC2 keeps running. */
  async close(): Promise<void> {
    this.#hostKeys.tell();
    for (const session of this.#sessions.all) session.close();
    this.actions.close();
    // Commands that run are told to end, and that goes through the connections.
    await this.#background.close();
    for (const { machine } of this.#sessions.all) machine.close();
  }

  /** A region's machines can't be watched: whoever waits for one of them need not wait longer. */
  #unseen(region: string, error: unknown): void {
    this.#notices.error(error);
    this.#machines.refused(error);
    const failure = toPhaseFailure(error);
    for (const { machine } of this.#sessions.inRegion(region)) machine.lose(failure);
  }

  /** EC2 takes a node's machine back: whoever stays with the fleet sees to it that it stays whole. */
  #replace(session: NodeSession): void {
    const { config, watchFleet } = this.#options;
    if (!config.interruption.replace || session.isDismissed) return;
    if (watchFleet || this.#isCreating) this.actions.replaceInterrupted(session);
  }

  #tagAdopted(nodes: readonly ExistingNode[]): void {
    this.#background.start((signal) => this.#machines.tagAdopted(nodes, signal));
  }

  #started(command: string, nodes: number): void {
    const { by, clock, clouds, config, emit } = this.#options;
    const regions = clouds.map(({ region }) => region);
    const { deployment } = config;
    emit({ event: 'fleet', time: clock(), deployment, command, regions, nodes, by });
  }
}
