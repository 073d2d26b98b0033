import { closestMatch } from 'leven';
import type { KeyPath } from './issue.ts';
import { check, configFile, timeouts } from './schema.ts';
import { aws } from './schema-aws.ts';
import { regionSettings } from './schema-region.ts';

/** What the old system knew and spot-tui has no use for. */
export const retiredKeys: ReadonlyMap<string, string> = new Map([
  ['security_group_name', 'every deployment has a security group of its own'],
  ['vpc_tag_name', 'name the VPC with vpc_id'],
  ['ensure_default_vpc', 'set use_dedicated_vpc where a region has no default VPC'],
  ['iam_instance_profile', 'nodes have no role of their own'],
  ['instances_per_region', 'total_instances is spread over the regions'],
]);

type Section = {
  /** As it reads after "belongs". */
  readonly place: string;
  readonly keys: readonly string[];
};

const topLevel: Section = { place: 'at the top level', keys: Object.keys(configFile.shape) };
const awsSection: Section = { place: 'under "aws"', keys: Object.keys(aws.shape) };
const regionSection: Section = { place: 'under a region', keys: Object.keys(regionSettings.shape) };
const timeoutSection: Section = {
  place: 'under "timeouts"',
  keys: Object.keys(timeouts.shape),
};
const checkSection: Section = { place: 'in a check', keys: Object.keys(check.shape) };
const sections = [topLevel, awsSection, regionSection, timeoutSection];

/** What to say about a key that nothing reads: what it may have been meant to be. */
export const describeUnknownKey = (path: KeyPath): string => {
  const name = String(path.at(-1));
  const retired = retiredKeys.get(name);
  if (retired !== undefined) return `not used any more: ${retired}`;

  const { keys } = sectionOf(path.slice(0, -1));
  const elsewhere = sections.find((section) => section.keys.includes(name));
  if (elsewhere !== undefined) return `unknown key here, it belongs ${elsewhere.place}`;
  const nearest = closestMatch(name.toLowerCase(), keys, {
    maxDistance: Math.max(2, Math.floor(name.length / 3)),
  });
  return nearest === undefined ? 'unknown key, ignored' : `unknown key, did you mean "${nearest}"?`;
};

const sectionOf = ([first, , ...rest]: KeyPath): Section => {
  switch (first) {
    case 'aws':
      return awsSection;
    case 'timeouts':
      return timeoutSection;
    case 'checks':
      return checkSection;
    case 'regions':
      return rest.length === 1 ? regionSection : topLevel;
    default:
      return topLevel;
  }
};
