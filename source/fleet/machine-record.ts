import type { Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { Machine } from '../pipeline/node-context.ts';
import type { NodeConnection } from '../ssh/connection.ts';

/**
 * The machine behind one node: fed by the launch and the watcher, waited for by the pipeline.
 */
export class MachineRecord implements Machine {
  #launching = Promise.withResolvers<void>();
  #launched = Promise.withResolvers<LaunchedInstance>();
  #running = Promise.withResolvers<Instance>();
  #gone = Promise.withResolvers<void>();
  #instance: Instance | undefined;
  #launch: LaunchedInstance | undefined;
  #connection: { readonly instanceId: string; readonly connection: NodeConnection } | undefined;
  readonly #connect: (instance: Instance) => NodeConnection;

  constructor(connect: (instance: Instance) => NodeConnection) {
    this.#connect = connect;
    this.#forgiveRejections();
  }

  /** What the watcher saw last. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** Known from the launch's answer on. */
  get instanceId(): string | undefined {
    return this.#instance?.instanceId ?? this.#launch?.instanceId;
  }

  /** Forgets the machine, so that a new one can be launched for the node. */
  reset(): void {
    this.close();
    this.#launching = Promise.withResolvers();
    this.#launched = Promise.withResolvers();
    this.#running = Promise.withResolvers();
    this.#gone = Promise.withResolvers();
    this.#instance = undefined;
    this.#launch = undefined;
    this.#forgiveRejections();
  }

  /** The launch call is about to be made. */
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
      this.#running.resolve(instance);
    }
    if (instance.state === 'terminated') this.#gone.resolve();
  }

  /** Ends the connection; the next use makes a new one. */
  close(): void {
    this.#connection?.connection.close();
    this.#connection = undefined;
  }

  readonly launching = (signal: AbortSignal): Promise<void> =>
    abortable(this.#launching.promise, signal);

  readonly launched = (signal: AbortSignal): Promise<LaunchedInstance> =>
    abortable(this.#launched.promise, signal);

  readonly running = (signal: AbortSignal): Promise<Instance> =>
    abortable(this.#running.promise, signal);

  /** Resolves once the machine is terminated. */
  readonly gone = (signal: AbortSignal): Promise<void> => abortable(this.#gone.promise, signal);

  readonly connection = (instance: Instance): NodeConnection => {
    if (this.#connection?.instanceId !== instance.instanceId) {
      this.close();
      this.#connection = {
        instanceId: instance.instanceId,
        connection: this.#connect(instance),
      };
    }
    return this.#connection.connection;
  };

  /** Nobody may be waiting when a launch is refused; the pipeline hears of it when it asks. */
  #forgiveRejections(): void {
    this.#launched.promise.catch(() => undefined);
  }
}

const abortable = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
};
