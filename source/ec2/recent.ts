import type { Instance, InstanceState, LaunchedInstance } from './cloud.ts';

/**
 * What this process did a moment ago and EC2's lists may not show yet: they lag behind by seconds.
 * Without it a launch would look lost, a tag unwritten and a terminated instance alive.
 */
export type Recent = {
  launched(instances: readonly LaunchedInstance[], tags: Readonly<Record<string, string>>): void;
  tagged(instanceId: string, tags: Readonly<Record<string, string>>): void;
  terminated(instanceId: string): void;
  /** Whether the instance was launched here so recently that "not found" means "not yet". */
  isNew(instanceId: string): boolean;
  /** What EC2 shows with what it does not show yet. */
  merge(shown: readonly Instance[]): Instance[];
};

/** Milliseconds after which EC2's word is taken against ours. */
const memory = 120_000;

type Entry = {
  readonly since: number;
  readonly placeholder?: Instance;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminated: boolean;
};

export const createRecent = (region: string): Recent => {
  const entries = new Map<string, Entry>();

  const note = (instanceId: string, change: Partial<Entry>) => {
    const known = entries.get(instanceId) ?? { tags: {}, terminated: false };
    entries.set(instanceId, {
      ...known,
      ...change,
      tags: { ...known.tags, ...change.tags },
      since: performance.now(),
    });
  };

  const forget = () => {
    for (const [instanceId, { since }] of entries) {
      if (performance.now() - since > memory) entries.delete(instanceId);
    }
  };

  return {
    launched(instances, tags) {
      for (const { instanceId, instanceType, lifecycle = 'spot', zone = '' } of instances) {
        note(instanceId, {
          placeholder: {
            instanceId,
            region,
            zone,
            instanceType,
            imageId: '',
            state: 'pending',
            launchedAt: Date.now(),
            lifecycle,
            tags,
          },
        });
      }
    },
    tagged(instanceId, tags) {
      note(instanceId, { tags });
    },
    terminated(instanceId) {
      note(instanceId, { terminated: true });
    },
    isNew(instanceId) {
      forget();
      return entries.get(instanceId)?.placeholder !== undefined;
    },
    merge(shown) {
      forget();
      const merged = shown.map((instance) => overlay(instance, entries.get(instance.instanceId)));
      const ids = new Set(shown.map(({ instanceId }) => instanceId));
      for (const [instanceId, entry] of entries) {
        if (entry.placeholder === undefined || ids.has(instanceId)) continue;
        merged.push(overlay(entry.placeholder, entry));
      }
      return merged;
    },
  };
};

const overlay = (instance: Instance, entry: Entry | undefined): Instance =>
  entry === undefined
    ? instance
    : {
        ...instance,
        tags: { ...instance.tags, ...entry.tags },
        state: entry.terminated && isAlive(instance.state) ? 'shutting-down' : instance.state,
      };

const isAlive = (state: InstanceState): boolean =>
  state !== 'terminated' && state !== 'shutting-down';
