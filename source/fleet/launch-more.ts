import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { RegionCloud } from '../ec2/cloud.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { Action } from './action-log.ts';
import { describeAll } from './find-nodes.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import { nameInstances } from './node-names.ts';
import { isAlive, planMore } from './plan.ts';
import { type Launching, startRuns } from './revive-nodes.ts';

export type LaunchMoreOptions = Launching & {
  readonly config: Config;
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  readonly count: number;
  /** Absent for all regions, evenly. */
  readonly region: string | undefined;
};

/**
 * Launches more nodes than there are, whatever the configured size, under the smallest free names.
 *
 * @throws PhaseFailure for a region that the configuration does not have, what `buildUserData`
 * throws, and Ec2Error when it can't be found out what exists; nothing has been launched then.
 */
export const launchMore = async (
  action: Action,
  options: LaunchMoreOptions,
  signal: AbortSignal,
): Promise<void> => {
  const { buildUserData, clouds, config, count, region, sessions } = options;
  const regions = config.regions.map((each) => each.region);
  if (region !== undefined && !regions.includes(region)) {
    throw new PhaseFailure(
      `nothing was launched: ${region} is no region of the configuration`,
      `There are: ${regions.join(', ')}.`,
      [],
      'usage',
    );
  }
  const { userData } = await buildUserData();
  const until = AbortSignal.any([signal, action.signal]);
  const instances = (await describeAll(clouds, until)).filter(isAlive);
  const known = sessions.instanceIds();
  const strangers = nameInstances(instances).filter(
    ({ instance }) => !known.has(instance.instanceId),
  );
  // From here to the runs nothing waits, so that nobody else takes the names.
  const inUse = sessions.all.filter(({ isInUse }) => isInUse);
  const planned = planMore(count, region === undefined ? regions : [region], [
    ...inUse,
    ...strangers,
  ]);
  const opened = planned.map((node) => sessions.named([node.name])[0] ?? sessions.open(node));
  action.start(opened.map(({ name }) => name));
  // Two who want one more at a time want two.
  const identity = randomUUID();
  const isBound = region !== undefined;
  await startRuns(action, opened, options, { userData, isLost: () => true, identity, isBound });
};
