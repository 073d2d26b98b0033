import type { Instance } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';
import type { SpotNotice } from '../pipeline/spot-notices.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { MachineRecord } from './machine-record.ts';
import { drain } from './node-drain.ts';
import { SpotWatch } from './spot-watch.ts';

export type SpotOutlookOptions = {
  readonly context: Omit<NodeContext, 'payload' | 'machine'>;
  readonly machine: MachineRecord;
  /** The files as they are now. */
  readonly payload: () => Payload | PayloadOutline | undefined;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
};

export type SpotListeners = {
  /**
   * Called before it is told that EC2 takes the machine.
   *
   * @param isFinal Whether it does not come back.
   * @returns What resolves once nothing is being done to the node any more.
   */
  readonly onInterruption: (reason: string, isFinal: boolean) => Promise<void>;
  /** Called when EC2 has recommended to rebalance. */
  readonly onRebalance: () => void;
};

/** What EC2 has said that it is going to do to the machine. */
type AnnouncedEnd = {
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly deadline: number;
  /** Whether the machine may come back. */
  readonly isFinal: boolean;
};

/** What EC2 tells one spot machine of its end: heard on it, told of its node, and prepared for. */
export class SpotOutlook {
  readonly #options: SpotOutlookOptions;
  readonly #listeners: SpotListeners;
  readonly #watch: SpotWatch;
  #announced: AnnouncedEnd | undefined;
  #draining = new AbortController();
  #rebalanceSince: number | undefined;

  constructor(options: SpotOutlookOptions, listeners: SpotListeners) {
    this.#options = options;
    this.#listeners = listeners;
    const { report, scripts } = options.context;
    this.#watch = new SpotWatch({
      scripts,
      onNotice: (notice) => this.#hear(notice),
      onProblem: (problem) => report.log(`what EC2 tells the node can't be followed: ${problem}`),
    });
  }

  /** Listens to what EC2 tells the machine, across later connections as well. */
  follow(connection: NodeConnection): void {
    this.#watch.follow(connection);
  }

  /** Since when EC2 recommends to rebalance, if it does; milliseconds since the Unix epoch. */
  get rebalanceSince(): number | undefined {
    return this.#rebalanceSince;
  }

  /** Whether EC2 has told the machine of its end or stop. */
  get isLeaving(): boolean {
    return this.#announced !== undefined;
  }

  /** Tells its end again, with the time that is left, where EC2 has announced one. */
  tellAgain(): void {
    if (this.#announced !== undefined) this.#tellEnd(this.#announced);
  }

  /**
   * EC2 described the machine: whether that runs again after EC2 had announced that it stops or
   * hibernates it. What was announced is over then.
   */
  hasReturned(before: Instance | undefined, now: Instance): boolean {
    if (this.#announced === undefined || this.#announced.isFinal) return false;
    if (before === undefined || now.state !== 'running') return false;
    // Its stop may go unseen between two looks; its start is another launch to EC2.
    if (before.state === 'running' && before.launchedAt === now.launchedAt) return false;
    this.#announced = undefined;
    return true;
  }

  /** The node gets another machine. */
  forget(): void {
    this.stop();
    this.#watch.forget();
    this.#announced = undefined;
    this.#rebalanceSince = undefined;
  }

  stop(): void {
    this.#draining.abort();
    this.#watch.stop();
  }

  /** EC2 told the machine something. */
  #hear(notice: SpotNotice): void {
    const { clock, context, emit } = this.#options;
    const { name, region, report } = context;
    switch (notice.type) {
      case 'interruption': {
        const { action, time: deadline } = notice;
        const reason =
          action === 'terminate'
            ? 'EC2 takes the spot instance back'
            : `EC2 is going to ${action} the spot instance`;
        this.#announced = { reason, deadline, isFinal: action === 'terminate' };
        const idle = this.#listeners.onInterruption(reason, action === 'terminate');
        this.#tellEnd(this.#announced);
        this.#drain(notice, idle);
        return;
      }
      case 'rebalance': {
        if (this.#rebalanceSince !== undefined) return;
        this.#rebalanceSince = notice.since;
        this.#listeners.onRebalance();
        const message = 'EC2 recommends to rebalance: the risk that it takes this node has risen';
        report.log(message);
        emit({
          event: 'notice',
          time: clock(),
          level: 'warning',
          message: `${name}: ${message}`,
          hint: 'Replace the node at a good moment, before EC2 takes it at another.',
          topic: 'interrupted',
          region,
        });
        return;
      }
      default:
        notice satisfies never;
    }
  }

  #drain(notice: Extract<SpotNotice, { type: 'interruption' }>, idle: Promise<void>): void {
    const { clock, context, emit, machine, payload } = this.#options;
    const { name, region } = context;
    const { drainCommand: command } = context.config.interruption;
    const { instance } = machine;
    if (command === undefined || instance === undefined) return;
    this.#draining.abort();
    this.#draining = new AbortController();
    const { signal } = this.#draining;
    const onFailure = (failure: string, hint: string) => {
      const message = `${name}: ${failure}`;
      const topic = 'interrupted';
      emit({ event: 'notice', time: clock(), level: 'warning', message, hint, topic, region });
    };
    const whole = { ...context, machine, payload: payload() };
    const connection = machine.connection(instance);
    void drain(whole, connection, { command, idle, notice, onFailure, signal });
  }

  #tellEnd({ deadline, reason }: AnnouncedEnd): void {
    const { clock, context, emit } = this.#options;
    const phase = 'interrupted';
    emit({ event: 'phase', time: clock(), node: context.name, phase, reason, deadline });
  }
}
