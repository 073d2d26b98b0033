import type { Instance } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import { type InstanceFacts, instanceEvent, isOtherwise } from './instance-event.ts';

export type MachineNewsOptions = {
  readonly node: string;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** What EC2 described last. */
  readonly instance: () => Instance | undefined;
  /** Since when EC2 recommends to rebalance, if it does; milliseconds since the Unix epoch. */
  readonly rebalanceSince: () => number | undefined;
  /** Name of the node that has its place, once EC2 takes it back. */
  readonly successor: () => string | undefined;
};

/** All that becomes known of a node's machine, from EC2 or elsewhere: tells it when it is news. */
export class MachineNews {
  readonly #options: MachineNewsOptions;
  #sshPort = 22;
  #price: number | undefined;
  #hostKey: TrustedHostKey | undefined;

  constructor(options: MachineNewsOptions) {
    this.#options = options;
  }

  get sshPort(): number {
    return this.#sshPort;
  }

  /** EC2 gave the node an instance, and has not described it. */
  launched(instance: InstanceFacts): void {
    this.#tell(instance);
  }

  /** EC2 described the instance. */
  described(before: Instance | undefined, instance: Instance, sshPort: number): void {
    this.#sshPort = sshPort;
    if (isOtherwise(before, instance)) this.#tell(instance);
  }

  /** @param price US dollars per hour. */
  priced(price: number): void {
    if (this.#price === price) return;
    this.#price = price;
    this.tellAgain();
  }

  /** A connection is being made, to a machine with this key. */
  hostKeyTrusted(key: TrustedHostKey): void {
    const before = this.#hostKey;
    this.#hostKey = key;
    if (before?.fingerprint === key.fingerprint && before.trust === key.trust) return;
    this.tellAgain();
  }

  /** Something else of the machine became known than EC2 describes. */
  tellAgain(): void {
    const instance = this.#options.instance();
    if (instance !== undefined) this.#tell(instance);
  }

  /** The node gets another machine. */
  forget(): void {
    this.#price = undefined;
    this.#hostKey = undefined;
  }

  #tell(instance: InstanceFacts): void {
    const { clock, emit, node, rebalanceSince, successor } = this.#options;
    emit(
      instanceEvent(instance, {
        node,
        time: clock(),
        sshPort: this.#sshPort,
        price: this.#price,
        hostKey: this.#hostKey,
        rebalanceSince: rebalanceSince(),
        replacedBy: successor(),
      }),
    );
  }
}
