import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import { inChunks, inParallel } from './in-parallel.ts';
import { persist } from './persist.ts';
import { ask } from './request.ts';
import { toTags } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** Tags to write on one instance. */
export type Tagging = {
  readonly instanceId: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** EC2's limit is 1000 resources a call; one bad id fails its whole call. */
const maximumResources = 500;
const parallelCalls = 8;

/**
 * Writes the tags with one call for each distinct set of tags. Waits for instances that EC2 does
 * not know yet. Returns the error of each instance that did not get its tags.
 */
export const tagInstances = async (
  scope: RegionScope,
  taggings: readonly Tagging[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Ec2Error>> => {
  const errors = new Map<string, Ec2Error>();
  const calls = [...bySet(taggings).values()].flatMap(({ tags, instanceIds }) =>
    inChunks(instanceIds, maximumResources).map((chunk) => ({ tags, instanceIds: chunk })),
  );
  const failures = await inParallel(calls, parallelCalls, async ({ tags, instanceIds }) => {
    try {
      await createTags(scope, instanceIds, tags, signal);
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      for (const instanceId of instanceIds) errors.set(instanceId, error);
    }
  });
  const [failure] = failures;
  if (failure !== undefined) throw failure.reason;
  return errors;
};

const createTags = (
  scope: RegionScope,
  instanceIds: readonly string[],
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
) =>
  persist(
    scope,
    {
      codes: /^Invalid(InstanceID|LaunchTemplateId)\.NotFound$/,
      patience: scope.patience.visibility,
      signal,
    },
    () =>
      ask(
        scope,
        { doing: `tag ${instanceIds.join(', ')}`, action: 'CreateTags' },
        signal,
        (options) =>
          scope.client.send(
            new CreateTagsCommand({ Resources: [...instanceIds], Tags: toTags(tags) }),
            options,
          ),
      ),
  );

/** Instances by what is to be written on them; of two values for one tag the later one wins. */
const bySet = (taggings: readonly Tagging[]) => {
  const byInstance = new Map<string, Record<string, string>>();
  for (const { instanceId, tags } of taggings) {
    byInstance.set(instanceId, { ...byInstance.get(instanceId), ...tags });
  }
  const sets = new Map<string, { tags: Record<string, string>; instanceIds: string[] }>();
  for (const [instanceId, tags] of byInstance) {
    if (Object.keys(tags).length === 0) continue;
    const key = JSON.stringify(toTags(tags));
    const set = sets.get(key) ?? { tags, instanceIds: [] };
    set.instanceIds.push(instanceId);
    sets.set(key, set);
  }
  return sets;
};
