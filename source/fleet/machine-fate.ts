import type { Instance } from '../ec2/cloud.ts';
import type { RunEnd } from './node-run.ts';
import { describeEnd, type EndReason, isReclaim } from './state-reason.ts';

export type MachineFateOptions = {
  /** Tells what the node enters with its machine's end, and why. */
  readonly enter: (
    phase: 'interrupted' | 'terminating' | 'terminated',
    why: Pick<EndReason, 'reason'> & Partial<EndReason>,
  ) => void;
  /** Tells that somebody stopped the machine. */
  readonly onStopped: (why: EndReason) => void;
  /** Called before an end is told: there is nothing left to be done to the node. */
  readonly endAll: (end: RunEnd) => void;
  /** Called before a stop is told: nothing can be done to the node until the machine runs again. */
  readonly endWork: (end: RunEnd) => void;
  /** Called once when EC2 takes the machine back for good. */
  readonly onTaken: () => void;
};

/** How one machine goes: stopped, taken back by EC2, ended here or by somebody else. Tells it once. */
export class MachineFate {
  readonly #options: MachineFateOptions;
  #isDismissed = false;
  #isTaken = false;
  #successor: string | undefined;
  #reportedEnd: string | undefined;
  /** Which stop of the machine was told, until it runs again. */
  #reportedStop: string | undefined;

  constructor(options: MachineFateOptions) {
    this.#options = options;
  }

  /** Whether the end of the machine was asked for here. */
  get isDismissed(): boolean {
    return this.#isDismissed;
  }

  /** Whether it was told that the machine is stopped, and it does not run again. */
  get isStopped(): boolean {
    return this.#reportedStop !== undefined;
  }

  /** Name of the node that was launched in its place. */
  get successor(): string | undefined {
    return this.#successor;
  }

  /** Whether EC2 takes the machine back for good, or has taken it, and no other has its place. */
  get isBereft(): boolean {
    return this.#isTaken && !this.#isDismissed && this.#successor === undefined;
  }

  /** Its end is being asked for here. */
  dismiss(): void {
    this.#isDismissed = true;
  }

  /** Another node has its place; returns whether that is new. */
  succeededBy(node: string): boolean {
    if (this.#successor === node) return false;
    this.#successor = node;
    return true;
  }

  /** EC2 has said that it takes the machine back for good, or has done it. */
  taken(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#options.onTaken();
  }

  /** EC2 described the machine as one that ends, or has ended. */
  ends(instance: Instance): void {
    const { endAll, enter } = this.#options;
    const phase = isReclaim(instance)
      ? 'interrupted'
      : instance.state === 'terminated'
        ? 'terminated'
        : 'terminating';
    const end = `${instance.instanceId} ${phase}`;
    if (this.#reportedEnd === end) return;
    this.#reportedEnd = end;
    const why = describeEnd(instance);
    const { reason } = why;
    endAll({ type: 'ended', reason: `${phase}: ${reason}` });
    if (!this.#isDismissed) enter(phase, why);
    else if (phase !== 'terminating') enter(phase, { reason });
    if (phase === 'interrupted') this.taken();
  }

  /** EC2 described the machine as stopped, by itself or somebody else. */
  stops(instance: Instance): void {
    const stop = `${instance.instanceId} ${instance.launchedAt}`;
    if (this.#reportedStop === stop) return;
    this.#reportedStop = stop;
    const { endWork, enter, onStopped } = this.#options;
    const end = describeEnd(instance);
    endWork({ type: 'ended', reason: `stopped: ${end.reason}` });
    if (isReclaim(instance)) enter('interrupted', end);
    else onStopped(end);
  }

  /** EC2 described the machine as running; returns whether it had been told that it is stopped. */
  runs(): boolean {
    const wasStopped = this.isStopped;
    this.#reportedStop = undefined;
    return wasStopped;
  }

  /** The node gets another machine. */
  forget(): void {
    this.#reportedStop = undefined;
    this.#successor = undefined;
    this.#isTaken = false;
    this.#isDismissed = false;
  }
}
