import { tagNames } from '../ec2/cloud.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { BackgroundWork } from './background-work.ts';
import type { Notices } from './notices.ts';

/** The node whose key it is, as far as that matters. */
type KeyedNode = {
  readonly name: string;
  readonly region: string;
  readonly instanceId: string | undefined;
};

export type HostKeyRecordOptions = {
  readonly notices: Notices;
  readonly background: Pick<BackgroundWork, 'startToFinish'>;
  /** Writes one tag set on an instance of the region. */
  readonly tag: (
    region: string,
    tags: ReadonlyMap<string, Readonly<Record<string, string>>>,
    signal: AbortSignal,
  ) => Promise<void>;
};

/** Milliseconds in which nodes that are found unverified are told of together. */
const gathering = 2_000;

/** Nodes that are named in a notice. */
const namedNodes = 5;

/**
 * Keeps what was found out of host keys: a verified one becomes a tag of its instance, for other
 * machines and for the time when the console no longer shows it; of pinned ones people are told.
 */
export class HostKeyRecord {
  readonly #options: HostKeyRecordOptions;
  /** Machines of unverified nodes, by the nodes' names. */
  readonly #unverified = new Map<string, string>();
  /** Regions in which tags could not be written: that is said once. */
  readonly #refused = new Set<string>();
  /** Machines of which it was told that they are unverified. */
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #writesTags = false;

  constructor(options: HostKeyRecordOptions) {
    this.#options = options;
  }

  /** From now on tags are written. */
  writeTags(): void {
    this.#writesTags = true;
  }

  /** A node's key is trusted. */
  note(node: KeyedNode, key: TrustedHostKey): void {
    if (key.isNews && this.#writesTags) this.#write(node, key.fingerprint);
    if (key.trust === 'verified') this.#unverified.delete(node.name);
    else this.#unverified.set(node.name, node.instanceId ?? node.name);
    if (this.#timer === undefined && this.#hasNews) {
      this.#timer = setTimeout(() => this.tell(), gathering);
      this.#timer.unref();
    }
  }

  /** Says how many nodes are unverified, where one of them was not told of. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#hasNews) return;
    const names = [...this.#unverified.keys()].sort();
    for (const machine of this.#unverified.values()) this.#told.add(machine);
    const isOne = names.length === 1;
    this.#options.notices.say(
      'warning',
      `the host ${isOne ? 'key of 1 node' : `keys of ${names.length} nodes`} could not be verified, and ${isOne ? 'was' : 'were'} trusted at first sight: ${names.slice(0, namedNodes).join(', ')}${names.length > namedNodes ? ', …' : ''}`,
      {
        hint: "compare the fingerprint on the node's page with `aws ec2 get-console-output`; `unverified_host_keys: fail` in the configuration refuses such nodes",
        topic: 'host-key',
      },
    );
  }

  get #hasNews(): boolean {
    return [...this.#unverified.values()].some((machine) => !this.#told.has(machine));
  }

  #write({ instanceId, region }: KeyedNode, fingerprint: string): void {
    if (instanceId === undefined) return;
    const tags = new Map([[instanceId, { [tagNames.hostKey]: fingerprint }]]);
    this.#options.background.startToFinish(async (signal) => {
      try {
        await this.#options.tag(region, tags, signal);
      } catch (error) {
        if (signal.aborted || this.#refused.has(region)) return;
        this.#refused.add(region);
        const { hint, reason, topic } = toPhaseFailure(error);
        this.#options.notices.say(
          'warning',
          `verified host keys could not be written to tags, so that other machines have to ask the consoles: ${reason}`,
          { hint, topic, region },
        );
      }
    });
  }
}
