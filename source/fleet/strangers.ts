import { type Instance, tagNames } from '../ec2/cloud.ts';
import { nodeIndex, nodeName } from './node-names.ts';
import { type ExistingNode, isAlive } from './plan.ts';

/** What there is to know of a node of this process to tell whether its name can be given away. */
export type KnownNode = {
  readonly name: string;
  readonly instanceId: string | undefined;
  /** Whether it has a machine that lives. */
  readonly isThere: boolean;
};

/**
 * Milliseconds that whoever launched an instance gets to write its name: that follows the launch's
 * answer, and must not be taken for forgotten.
 */
const namingTime = 30_000;

/** Instances of one region that belong to the deployment and to no node of this process. */
export class Strangers {
  readonly #seenSince = new Map<string, number>();

  /**
   * Names the strangers that can be adopted by now: those with a name at once, under it unless a
   * living node has it; those without after a while, into the smallest free slots.
   *
   * @param now Milliseconds, by any clock that does not go back.
   */
  adoptable(
    region: string,
    instances: readonly Instance[],
    nodes: readonly KnownNode[],
    now: number,
  ): ExistingNode[] {
    const known = new Set(nodes.map(({ instanceId }) => instanceId));
    const strangers = instances.filter(
      (instance) => isAlive(instance) && !known.has(instance.instanceId),
    );
    this.#note(strangers, now);
    const taken = new Set(nodes.filter(({ isThere }) => isThere).map(({ name }) => name));
    const found: ExistingNode[] = [];
    const adopt = (instance: Instance, index: number, adopted: boolean) => {
      const name = nodeName(region, index);
      taken.add(name);
      found.push({ name, region, index, instance, adopted });
    };
    const nameless = strangers.filter((instance) => {
      const name = instance.tags[tagNames.node] ?? '';
      const index = nodeIndex(name);
      const isItsOwn = index > 0 && name === nodeName(region, index) && !taken.has(name);
      if (isItsOwn) adopt(instance, index, false);
      return !isItsOwn;
    });
    for (const instance of nameless) {
      if (now - (this.#seenSince.get(instance.instanceId) ?? now) < namingTime) continue;
      let free = 1;
      while (taken.has(nodeName(region, free))) free += 1;
      adopt(instance, free, true);
    }
    return found;
  }

  #note(strangers: readonly Instance[], now: number): void {
    const ids = new Set(strangers.map(({ instanceId }) => instanceId));
    for (const instanceId of this.#seenSince.keys()) {
      if (!ids.has(instanceId)) this.#seenSince.delete(instanceId);
    }
    for (const instanceId of ids) {
      if (!this.#seenSince.has(instanceId)) this.#seenSince.set(instanceId, now);
    }
  }
}
