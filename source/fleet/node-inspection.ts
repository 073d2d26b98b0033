import type { InstanceState } from '../ec2/cloud.ts';
import { type Topic, topicOfError } from '../events/topic.ts';
import { checkTargetOf, type ExpectedFiles } from '../pipeline/check-target.ts';
import { DeadlineExceededError, formatSeconds, withDeadline } from '../pipeline/deadline.ts';
import { type Examination, examine } from '../pipeline/examine.ts';
import { installedUnits } from '../pipeline/installed-units.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import { isWhole, type Payload, type PayloadOutline } from '../pipeline/payload/payload.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import { reach } from '../pipeline/phases/connecting.ts';
import type { Admission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { MachineRecord } from './machine-record.ts';

export type NodeInspectionOptions = {
  readonly context: Omit<NodeContext, 'payload' | 'machine'>;
  readonly machine: MachineRecord;
  /** The files here, as they are now. */
  readonly payload: () => Payload | PayloadOutline | undefined;
  /** Bounds how many nodes are looked at together; shared by all of them. */
  readonly admission: Admission;
};

/** Milliseconds that a node gets to answer once it is connected. */
const answerTime = 30_000;

/** Looks at one node, whatever is done to it otherwise. */
export class NodeInspection {
  readonly #options: NodeInspectionOptions;
  /** The manifest that the node had applied when it was looked at last. */
  #applied: string | undefined;

  constructor(options: NodeInspectionOptions) {
    this.#options = options;
  }

  /** The node's connection, as long as it has a machine with an address. */
  get connection(): NodeConnection | undefined {
    const { machine } = this.#options;
    const { instance } = machine;
    return instance?.address === undefined || machine.isGone
      ? undefined
      : machine.connection(instance);
  }

  /** What EC2 said last of the node's machine. */
  get machineState(): InstanceState | undefined {
    return this.#options.machine.instance?.state;
  }

  /**
   * Looks once.
   *
   * @param patience Milliseconds for the connection, where that does not stand.
   * @throws UnseenError when the node can't be reached or does not answer, PhaseFailure when it
   * does not let itself be inspected, and the signal's reason once that aborts.
   */
  async examine(patience: number, signal: AbortSignal): Promise<Examination> {
    const { admission, context, machine } = this.#options;
    const connection = this.connection;
    if (connection === undefined) throw new UnseenError('it has no machine with an address');
    try {
      await reach(connection, { patience, signal });
    } catch (error) {
      signal.throwIfAborted();
      machine.doubt();
      throw UnseenError.from(error);
    }
    // Nodes that can't be reached take nobody's turn.
    const leave = await admission.enter(signal);
    try {
      return await withDeadline(answerTime, signal, async (bounded) => {
        const files = await this.#expectedFiles(connection, bounded);
        const target = checkTargetOf(context.config, files, { exactFiles: false });
        const examination = await examine(context, connection, target, bounded);
        this.#applied = examination.facts.appliedManifest;
        return examination;
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PhaseFailure) throw error;
      machine.doubt();
      throw UnseenError.from(error);
    } finally {
      leave();
    }
  }

  /** There is another machine. */
  forget(): void {
    this.#applied = undefined;
  }

  /** The files here say what to expect, unless the node has been given others. */
  async #expectedFiles(connection: NodeConnection, signal: AbortSignal): Promise<ExpectedFiles> {
    const payload = this.#options.payload();
    if (payload !== undefined && this.#applied === undefined) return payload;
    if (payload !== undefined && isWhole(payload) && this.#applied === payload.manifestDigest) {
      return payload;
    }
    const services = await installedUnits(connection, signal);
    // Without the secrets nobody knows the sum of all: the same units are taken for the same files.
    const isOurs =
      payload !== undefined && !isWhole(payload) && hasSame(services, payload.services);
    return isOurs ? payload : { services, containers: [] };
  }
}

type Units = ExpectedFiles['services'];

const hasSame = (one: Units, other: Units): boolean => {
  const lines = (units: Units) => units.map(({ action, unit }) => `${unit} ${action}`).toSorted();
  return lines(one).join() === lines(other).join();
};

/** A node could not be looked at, which says nothing of what is on it. */
export class UnseenError extends Error {
  override readonly name = 'UnseenError';

  /** @param hint What to do next: one line. */
  constructor(
    message: string,
    readonly hint = 'Look at the console output of the instance in EC2; rebooting it there may help, and so does replacing the node.',
    readonly topic: Topic = 'ssh',
  ) {
    super(message);
  }

  static from(error: unknown): UnseenError {
    if (error instanceof DeadlineExceededError) {
      return new UnseenError(`no answer within ${formatSeconds(error.milliseconds)}`);
    }
    if (error instanceof PhaseFailure) return new UnseenError(error.reason);
    if (!(error instanceof Error)) return new UnseenError(String(error));
    return 'hint' in error && typeof error.hint === 'string'
      ? new UnseenError(error.message, error.hint, topicOfError(error))
      : new UnseenError(error.message);
  }
}
