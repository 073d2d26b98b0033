import type { CloudTrouble, Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import type { Machine } from '../pipeline/node-context.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { Latch } from './latch.ts';
import { isAlive } from './plan.ts';

export type MachineRecordOptions = {
  readonly connect: (
    instance: Instance,
    onHostKey: (key: TrustedHostKey) => void,
  ) => NodeConnection;
  /** Hears how far the host key of the machine is trusted, with each connection that is made. */
  readonly onHostKey?: (key: TrustedHostKey) => void;
  /** What keeps EC2 from being asked at the moment. */
  readonly trouble?: () => CloudTrouble | undefined;
  /** Called when the machine can't be reached: EC2 may know why. */
  readonly onDoubt: () => void;
};

/**
 * The machine behind one node: fed by the launch and the watcher, waited for by the pipeline.
 */
export class MachineRecord implements Machine {
  #launching = new Latch();
  #launched = new Latch<LaunchedInstance>();
  #running = new Latch();
  #gone = new Latch();
  #isRunning = false;
  #instance: Instance | undefined;
  #launch: LaunchedInstance | undefined;
  #connection: { readonly to: string; readonly connection: NodeConnection } | undefined;
  readonly #options: MachineRecordOptions;

  constructor(options: MachineRecordOptions) {
    this.#options = options;
  }

  /** What the watcher saw last. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** Known from the launch's answer on. */
  get instanceId(): string | undefined {
    return this.#instance?.instanceId ?? this.#launch?.instanceId;
  }

  /** Whether EC2 gave the node a machine that lives, as far as is known. */
  get isThere(): boolean {
    return this.instanceId !== undefined && !this.isGone;
  }

  /** Whether there was a machine, and it is on its way out or gone. */
  get isGone(): boolean {
    return this.#instance !== undefined && !isAlive(this.#instance);
  }

  /**
   * Forgets the machine, so that a new one can be launched for the node. Whoever waits for the old
   * one waits in vain, and hears so.
   */
  reset(): void {
    this.close();
    const old = [this.#launching, this.#launched, this.#running, this.#gone];
    for (const latch of old) latch.reject(new PhaseFailure(...givenUp));
    this.#launching = new Latch();
    this.#launched = new Latch();
    this.#running = new Latch();
    this.#gone = new Latch();
    this.#isRunning = false;
    this.#instance = undefined;
    this.#launch = undefined;
  }

  /** The launch has begun. */
  beginLaunch(): void {
    this.#launching.resolve();
  }

  /** EC2 gave an instance. */
  settleLaunch(launched: LaunchedInstance): void {
    this.#launch = launched;
    this.#launching.resolve();
    this.#launched.resolve(launched);
  }

  /** EC2 gave none. */
  refuse(error: Error): void {
    this.#launching.resolve();
    this.#launched.reject(error);
  }

  /** EC2 described the instance. */
  update(instance: Instance): void {
    this.#instance = instance;
    this.settleLaunch({
      instanceId: instance.instanceId,
      instanceType: instance.instanceType,
      zone: instance.zone,
    });
    if (instance.state === 'running' && instance.address !== undefined) {
      this.#running.resolve();
      this.#isRunning = true;
    } else if (this.#isRunning) {
      // Whoever waits from now on waits until it has been started again.
      this.#running = new Latch();
      this.#isRunning = false;
    }
    if (instance.state === 'terminated') this.#gone.resolve();
  }

  /** EC2 can't be watched any more: whoever waits for it to say something hears why. */
  lose(error: Error): void {
    this.#running.disappoint(error);
    this.#gone.disappoint(error);
  }

  /** Ends the connection; the next use makes a new one. */
  close(): void {
    this.#connection?.connection.close();
    this.#connection = undefined;
  }

  readonly launching = (signal: AbortSignal): Promise<void> => this.#launching.wait(signal);

  readonly launched = (signal: AbortSignal): Promise<LaunchedInstance> =>
    this.#launched.wait(signal);

  readonly running = async (signal: AbortSignal): Promise<Instance> => {
    await this.#running.wait(signal);
    if (this.#instance === undefined) throw new Error('a machine runs that nobody has seen');
    return this.#instance;
  };

  /** Resolves once the machine is terminated. */
  readonly gone = (signal: AbortSignal): Promise<void> => this.#gone.wait(signal);

  readonly connection = (instance: Instance): NodeConnection => {
    // An instance that was stopped comes back elsewhere.
    const to = `${instance.instanceId} ${instance.address}`;
    if (this.#connection?.to !== to) {
      this.close();
      const { connect, onHostKey } = this.#options;
      const connection = connect(instance, (key) => {
        if (this.#connection?.connection === connection) onHostKey?.(key);
      });
      this.#connection = { to, connection };
    }
    return this.#connection.connection;
  };

  readonly doubt = (): void => this.#options.onDoubt();

  readonly trouble = (): CloudTrouble | undefined => this.#options.trouble?.();
}

const givenUp = [
  'another machine takes the place of the one that was waited for',
  'The node goes on with the other one.',
] as const;
