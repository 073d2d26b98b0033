import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { tagNames } from './cloud.ts';
import { findNamedTemplate } from './named-template.ts';
import { ask } from './request.ts';
import { fromTags, isOurs, resourceName } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/**
 * What is written on the deployment's launch template of its latest launch there: before EC2 is
 * asked, and once the answer has been used. Launches are numbered from 1, and a number is one
 * request: EC2 takes no second one with its client token.
 */
export type LaunchRecord = {
  /** The launch template that it is written on: another one has a row of numbers of its own. */
  readonly templateId: string;
  /** The number of the launch, which its instances carry as their generation. */
  readonly generation: number;
  /**
   * `open`: EC2 may have been asked, and its answer is not used yet. `refused`: EC2 refused the
   * request as a whole, and may be asked anew under the number. `done`: the answer is used.
   */
  readonly state: 'open' | 'refused' | 'done';
  /** Instances that EC2 is asked for; those that came once it is done. */
  readonly count: number;
  /** When it was written, by the clock of whoever wrote it; milliseconds since the Unix epoch. */
  readonly since: number;
  /** What was asked for beyond the number of instances, so that it can be asked for again. */
  readonly detail: string;
};

/** Milliseconds after which EC2's lists are believed whatever they show. */
const lasting = 15 * 60_000;

/**
 * Whether EC2's lists may still not show what the launch brought. Clocks may be apart by as much as
 * EC2 allows, which is five minutes.
 */
export const isRecent = ({ since }: LaunchRecord, now: number): boolean =>
  Math.abs(now - since) < lasting;

/** At most 256 characters, as EC2 wants a tag's value. */
const formatRecord = ({
  generation,
  state,
  count,
  since,
  detail,
}: Omit<LaunchRecord, 'templateId'>): string =>
  `${generation} ${state} ${count} ${new Date(since).toISOString()} ${detail}`.trim();

/** Undefined for what is no record, such as a tag that somebody has changed. */
const parseRecord = (templateId: string, text: string | undefined): LaunchRecord | undefined => {
  const match = /^(\d{1,9}) (open|refused|done) (\d{1,9}) (\S+Z) ?(.*)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, generation, state, count, time = '', detail = ''] = match;
  const since = Date.parse(time);
  if (Number.isNaN(since)) return undefined;
  return {
    templateId,
    generation: Number(generation),
    state: state === 'open' || state === 'refused' ? state : 'done',
    count: Number(count),
    since,
    detail,
  };
};

/** The record of the deployment's latest launch in the region; undefined where there was none. */
export const readRecord = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<LaunchRecord | undefined> => {
  const name = resourceName(scope);
  const doing = `look up the latest launch on ${name}`;
  const template = await findNamedTemplate(scope, name, doing, signal);
  if (template?.LaunchTemplateId === undefined || !isOurs(scope, template.Tags)) return undefined;
  return parseRecord(template.LaunchTemplateId, fromTags(template.Tags)[tagNames.launch]);
};

/** Writes the record over the one before. */
export const writeRecord = async (
  scope: RegionScope,
  record: LaunchRecord,
  signal: AbortSignal,
): Promise<void> => {
  await ask(
    scope,
    { doing: `note the launch on ${record.templateId}`, action: 'CreateTags' },
    signal,
    (options) =>
      scope.client.send(
        new CreateTagsCommand({
          Resources: [record.templateId],
          Tags: [{ Key: tagNames.launch, Value: formatRecord(record) }],
        }),
        options,
      ),
  );
};
