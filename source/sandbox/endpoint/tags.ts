import type { Action } from './call.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { select, type Tags } from './filters.ts';
import { pageOf } from './pages.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import { checkResource, resourceType } from './resources.ts';
import type { XmlFields } from './xml.ts';

const noTags: Tags = new Map();

/** Tags of a resource. */
export const tagsOf = (region: Region, resourceId: string): Tags =>
  region.tags.get(resourceId) ?? noTags;

/** Puts tags on a resource, over those that it has. */
export const putTags = (region: Region, resourceId: string, tags: Tags): void => {
  if (tags.size === 0) return;
  region.tags.set(resourceId, new Map([...tagsOf(region, resourceId), ...tags]));
};

/** The `tagSet` of an answer. */
export const tagSet = (tags: Tags): XmlFields[] =>
  [...tags].map(([key, value]) => ({ key, value }));

/**
 * Reads `TagSpecification` into the tags of each resource type.
 *
 * @throws Ec2Failure for types that the action doesn't tag, and for tags that EC2 refuses
 */
export const tagSpecifications = (
  parameters: Parameters,
  allowed: readonly string[],
): ReadonlyMap<string, Tags> => {
  const specifications = new Map<string, Tags>();
  for (const specification of parameters.structures('TagSpecification')) {
    const type = specification.required('ResourceType');
    if (!allowed.includes(type)) {
      throw invalidValue(`'${type}' is not a valid taggable resource type for this operation.`);
    }
    if (specifications.has(type)) {
      throw invalidValue(`Tag specification resource type '${type}' was specified twice.`);
    }
    specifications.set(type, readTags(specification));
  }
  return specifications;
};

/** The tags that a specification has for a type. */
export const tagsFor = (specifications: ReadonlyMap<string, Tags>, type: string): Tags =>
  specifications.get(type) ?? noTags;

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const readTags = (parameters: Parameters): Map<string, string> => {
  const tags = new Map<string, string>();
  for (const tag of parameters.structures('Tag')) {
    const key = tag.required('Key');
    const value = tag.text('Value') ?? '';
    if (key.length > 128)
      throw invalidValue('Tag key exceeds the maximum length of 128 characters');
    if (value.length > 256) {
      throw invalidValue('Tag value exceeds the maximum length of 256 characters');
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (tags.has(key)) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    tags.set(key, value);
  }
  if (tags.size > 50) throw tooManyTags();
  return tags;
};

const tooManyTags = (): Ec2Failure =>
  new Ec2Failure('TagLimitExceeded', 'You have reached the maximum of 50 tags per resource.');

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export const createTags: Action = ({ cloud, region, parameters }) => {
  const ids = resourceIds(parameters);
  const tags = readTags(parameters);
  if (tags.size === 0) throw missingParameter('Tag');
  for (const id of ids) {
    checkResource(cloud, region, id);
    const all = new Set([...tagsOf(region, id).keys(), ...tags.keys()]);
    if ([...all].filter((key) => !key.startsWith('aws:')).length > 50) throw tooManyTags();
  }
  return () => {
    for (const id of ids) putTags(region, id, tags);
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export const deleteTags: Action = ({ cloud, region, parameters }) => {
  const ids = resourceIds(parameters);
  for (const id of ids) checkResource(cloud, region, id);
  const named = parameters
    .structures('Tag')
    .map((tag) => ({ key: tag.required('Key'), value: tag.text('Value') }));
  return () => {
    for (const id of ids) {
      const left = [...tagsOf(region, id)].filter(
        ([key, value]) =>
          key.startsWith('aws:') ||
          (named.length > 0 &&
            !named.some((tag) => tag.key === key && (tag.value ?? value) === value)),
      );
      region.tags.set(id, new Map(left));
    }
    return { return: true };
  };
};

const resourceIds = (parameters: Parameters): string[] => {
  const ids = parameters.texts('ResourceId');
  if (ids.length === 0) throw missingParameter('ResourceId');
  if (ids.length > 1000) throw invalidValue('You may specify at most 1000 resources per request');
  return ids;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export const describeTags: Action = ({ cloud, region, parameters }) => {
  const all = [...region.tags].flatMap(([resourceId, tags]) =>
    [...tags].map(([key, value]) => ({ resourceId, key, value })),
  );
  const found = select(parameters, all, {
    key: (tag) => [tag.key],
    value: (tag) => [tag.value],
    'resource-id': (tag) => [tag.resourceId],
    'resource-type': (tag) => [resourceType(tag.resourceId) ?? ''],
  });
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    tagSet: page.items.map((tag) => ({ ...tag, resourceType: resourceType(tag.resourceId) })),
    nextToken: page.nextToken,
  });
};
