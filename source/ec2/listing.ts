import { pause } from './abortable.ts';
import { type Instance, tagNames } from './cloud.ts';
import { describeInstances } from './describe.ts';
import { askedWith, launchedWith } from './fleet-request.ts';
import { type LaunchRecord, readRecord } from './launch-record.ts';
import { backOff } from './persist.ts';
import type { Recent } from './recent.ts';
import type { RegionScope } from './scope.ts';

/**
 * The deployment's instances, and what is written down of its latest launch: looked at again until
 * it is enough, or EC2 must have listed all by now.
 */
export const untilListed = async (
  scope: RegionScope,
  recent: Recent,
  signal: AbortSignal,
  isEnough: (record: LaunchRecord | undefined, instances: readonly Instance[]) => boolean,
): Promise<Instance[]> => {
  // Only own pauses count, and so no time in which the program did not run.
  let left = scope.patience.listing;
  for (let tries = 0; ; tries += 1) {
    // In this order: what was concluded by then is listed, or waited for.
    const record = await readRecord(scope, signal);
    const instances = recent.merge(await describeInstances(scope, signal));
    const wait = backOff(tries, scope.patience.firstPause, 5_000);
    left -= wait;
    if (isEnough(record, instances) || left < 0) return instances;
    await pause(wait, signal);
  }
};

/** Whether as many of the launch are listed as it brought. */
export const isListed = (record: LaunchRecord, instances: readonly Instance[]): boolean =>
  launchedWith(record, instances).length >= record.count;

/** Whether as many of the launch are listed as were asked for, which they tell themselves. */
export const isWhole = (record: LaunchRecord, instances: readonly Instance[]): boolean => {
  const listed = launchedWith(record, instances);
  return listed[0] !== undefined && listed.length >= askedWith(listed[0]);
};

/** Whether all of the launch that are listed have names, as far as they live. */
export const isNamed = (record: LaunchRecord, instances: readonly Instance[]): boolean =>
  launchedWith(record, instances).every(
    (instance) => isEnding(instance) || instance.tags[tagNames.node] !== undefined,
  );

export const isEnding = ({ state }: Instance): boolean =>
  state === 'terminated' || state === 'shutting-down';
