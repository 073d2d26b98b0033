import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { tagNames } from './cloud.ts';
import type { RegionScope } from './scope.ts';

/** Name of everything in EC2 that is made once for a deployment. */
export const resourceName = (scope: RegionScope): string => `spot-tui-${scope.config.deployment}`;

/**
 * Tags of what a launch makes; `spot-tui:…` can't be overridden by the configuration. The
 * generation differs from launch to launch and is only for what one launch makes.
 */
export const launchTags = (
  scope: RegionScope,
  generation?: number,
): Readonly<Record<string, string>> => ({
  Name: resourceName(scope),
  ...scope.regionConfig.tags,
  [tagNames.deployment]: scope.config.deployment,
  [tagNames.version]: scope.version,
  ...(generation === undefined ? {} : { [tagNames.generation]: String(generation) }),
});

/** Tags of what is made once for a deployment, in the shape that the `Create…` actions take. */
export const tagSpecification = (scope: RegionScope, type: ResourceType): TagSpecification => ({
  ResourceType: type,
  Tags: toTags(launchTags(scope)),
});

/** In a fixed order, so that the same tags make the same request. */
export const toTags = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));

export const fromTags = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries(
    (tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
  );

/** Whether the deployment made it: what it did not make is never changed and never removed. */
export const isOurs = (scope: RegionScope, tags: readonly Tag[] | undefined): boolean =>
  fromTags(tags)[tagNames.deployment] === scope.config.deployment;

/** Finds what carries the deployment's tag. */
export const deploymentFilter = (scope: RegionScope): Filter => taggedFor(scope.config.deployment);

/**
 * Finds what carries the tag of a deployment, or of any. Filters understand `*`, `?` and `\`.
 */
export const taggedFor = (deployment: string | undefined): Filter =>
  deployment === undefined
    ? { Name: 'tag-key', Values: [tagNames.deployment] }
    : {
        Name: `tag:${tagNames.deployment}`,
        Values: [deployment.replace(/[*?\\]/g, '\\$&')],
      };

/** The deployment that made it; undefined for what spot-tui did not make. */
export const deploymentOf = (tags: readonly Tag[] | undefined): string | undefined =>
  fromTags(tags)[tagNames.deployment];
