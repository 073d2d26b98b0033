import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CleanupAnswer,
  type Instance,
  type LaunchAnswer,
  type LaunchRequest,
  type RegionCloud,
  tagNames,
  type WatchOptions,
} from '../../source/ec2/cloud.ts';
import type { Ec2Error } from '../../source/ec2/errors.ts';
import { isAlive } from '../../source/fleet/plan.ts';

/** What boots the group's instances and ends them. */
export type GroupMachines = {
  launch(instanceId: string, userData: string): Promise<void>;
  terminate(instanceId: string): Promise<void>;
};

/**
 * Keeps as many instances running as are desired, as an Auto Scaling group does: whoever wants more
 * says how many there should be, and finds them later.
 */
export class CapacityGroup {
  readonly instances = new Map<string, Instance>();
  desired = 0;
  userData = '';
  readonly #machines: GroupMachines;
  #steady: Promise<void> = Promise.resolve();

  constructor(machines: GroupMachines) {
    this.#machines = machines;
  }

  get living(): Instance[] {
    return [...this.instances.values()].filter(isAlive);
  }

  setDesired(count: number): void {
    this.desired = count;
    this.#steady = this.#steady.then(() => this.#fill());
  }

  /** Resolves once there are as many instances as were desired. */
  steady(): Promise<void> {
    return this.#steady;
  }

  tag(instanceId: string, tags: Readonly<Record<string, string>>): void {
    this.#change(instanceId, (instance) => ({ tags: { ...instance.tags, ...tags } }));
  }

  /** Ends an instance, which is replaced unless fewer are desired from now on. */
  async end(instanceId: string, wantsFewer: boolean): Promise<void> {
    if (wantsFewer) this.desired -= 1;
    await this.#machines.terminate(instanceId);
    this.#change(instanceId, () => ({ state: 'terminated' }));
    this.setDesired(this.desired);
  }

  async #fill(): Promise<void> {
    while (this.living.length < this.desired) {
      const instanceId = `i-${this.instances.size + 1}`;
      await this.#machines.launch(instanceId, this.userData);
      this.instances.set(instanceId, {
        instanceId,
        region: 'us-west-2',
        zone: 'us-west-2a',
        instanceType: 't3.medium',
        imageId: 'ami-1',
        state: 'running',
        address: `10.0.0.${this.instances.size + 1}`,
        launchedAt: this.instances.size,
        lifecycle: 'spot',
        tags: {},
      });
    }
  }

  #change(instanceId: string, change: (instance: Instance) => Partial<Instance>): void {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) throw new Error(`no instance ${instanceId}`);
    this.instances.set(instanceId, { ...instance, ...change(instance) });
  }
}

/** A region in which a group launches: what a launch asks for comes nameless, and not at once. */
export class GroupCloud implements RegionCloud {
  readonly region = 'us-west-2';
  readonly #group: CapacityGroup;

  constructor(group: CapacityGroup) {
    this.#group = group;
  }

  async describe(): Promise<Instance[]> {
    return [...this.#group.instances.values()];
  }

  async prepare({ userData }: Pick<LaunchRequest, 'userData'>): Promise<void> {
    this.#group.userData = userData;
  }

  async settle(): Promise<Instance[]> {
    await this.#group.steady();
    return this.describe();
  }

  /** Asked twice, it is wanted once: the size follows from the nodes that have their instances. */
  async launch({ count }: LaunchRequest): Promise<LaunchAnswer> {
    const named = this.#group.living.filter(({ tags }) => tags[tagNames.node] !== undefined);
    this.#group.setDesired(named.length + count);
    return {
      generation: 1,
      instances: [],
      refusals: [],
      // It is the group's launch: whoever lacks instances looks again.
      isOvertaken: true,
      isFull: false,
      hasMorePools: false,
    };
  }

  async tag(tags: ReadonlyMap<string, Readonly<Record<string, string>>>): Promise<void> {
    for (const [instanceId, each] of tags) this.#group.tag(instanceId, each);
  }

  async *watch({ interval, signal }: WatchOptions): AsyncIterable<Instance[]> {
    while (!signal.aborted) {
      yield this.describe();
      await sleep(interval, undefined, { signal }).catch(() => undefined);
    }
  }

  async terminate(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Ec2Error>> {
    for (const instanceId of instanceIds) await this.#group.end(instanceId, true);
    return new Map();
  }

  async cleanUp(): Promise<CleanupAnswer> {
    return { removed: [], left: [] };
  }

  async concludeLaunch(): Promise<void> {
    // No launch is anybody's here.
  }

  async openLaunch(): Promise<undefined> {
    return undefined;
  }

  async rehearse(): Promise<void> {
    // Nothing that needs a permission.
  }

  async spotPrices(): Promise<[]> {
    return [];
  }

  async onDemandPrices(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async consoleOutput(): Promise<string> {
    return '';
  }

  now(): number {
    return Date.now();
  }
}
