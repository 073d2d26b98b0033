import type { Config } from '../config/config.ts';
import type { RegionCloud } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import {
  mayBeDearer,
  type RegionLaunchOptions,
  type RegionLaunchOutcome,
  type Shortage,
} from './launch-region.ts';
import { describeRefusals, moveNodes } from './move-nodes.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';

export type ShortageOptions = {
  readonly config: Config;
  readonly clouds: readonly Pick<RegionCloud, 'region' | 'describe'>[];
  readonly sessions: FleetSessions;
  readonly notices: Notices;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Whether the nodes go nowhere but where they are. */
  readonly isBound: boolean;
  /** Whether instances that others launched meanwhile are taken first. */
  readonly takesStrangers: boolean;
  /** Whether a node still wants a machine. */
  readonly isWanted: (session: NodeSession) => boolean;
  /** Whether a region has refused a moment ago. */
  readonly isRefused: (region: string) => boolean;
  /** Launches in a region; undefined where nothing was asked for any more. */
  readonly launchIn: (
    region: string,
    sessions: readonly NodeSession[],
    more?: {
      readonly isWanted?: (session: NodeSession) => boolean;
      readonly onDemand?: RegionLaunchOptions['onDemand'];
    },
  ) => Promise<RegionLaunchOutcome | undefined>;
};

/**
 * Looks for machines for nodes that a region has nothing for: in other regions, unless the
 * configuration wants the fleet spread, and on demand where they are when there is nothing there
 * either.
 *
 * @returns The nodes that got none, and why the last one that was asked had none.
 */
export const settleShortage = async (
  region: string,
  { launched, refusals, unmet }: RegionLaunchOutcome,
  shortage: Shortage,
  options: ShortageOptions,
): Promise<{ readonly unmet: readonly NodeSession[]; readonly shortage: Shortage }> => {
  const { config, isBound, launchIn } = options;
  if (!shortage.isLocal) return { unmet, shortage };
  let missing = unmet;
  if (config.placement === 'anywhere' && !isBound) {
    const why = describeRefusals(refusals) || shortage.failure.reason;
    const lack = mayBeDearer(refusals) ? 'no capacity' : 'nothing within the price limit';
    const reason = `${lack} in ${region} (${why})`;
    const answer = await moveNodes({
      ...options,
      region,
      unmet,
      reason,
      launchIn: (to, sessions, isWanted) => launchIn(to, sessions, { isWanted }),
    });
    missing = answer.unmet;
    const all = unmet.length + launched.size;
    const found = `${unmet.length} of ${all} ${all === 1 ? 'node' : 'nodes'} found ${lack} (${why})`;
    if (config.regions.length > 1) tellMove(region, found, { ...answer, shortage }, options);
  }
  const isDearer = config.onDemandFallback && mayBeDearer(refusals);
  if (missing.length === 0 || !isDearer || isLastRegion(config, isBound)) {
    return { unmet: missing, shortage };
  }
  const dearer = await launchIn(region, missing, { onDemand: 'at-once' });
  return {
    unmet: missing.filter(({ machine }) => !machine.isThere),
    shortage: dearer?.shortage ?? shortage,
  };
};

/** Whether nodes that a region has nothing for go nowhere else. */
export const isLastRegion = (
  { placement, regions }: Pick<Config, 'placement' | 'regions'>,
  isBound: boolean,
): boolean => placement === 'spread' || isBound || regions.length === 1;

/** Says what went where, and why. */
const tellMove = (
  region: string,
  found: string,
  {
    moved,
    shortage,
    unmet,
  }: Awaited<ReturnType<typeof moveNodes>> & { readonly shortage: Shortage },
  { config, notices, signal }: ShortageOptions,
): void => {
  if (signal.aborted) return;
  const places = config.regions.flatMap(({ region: to }) => {
    const count = moved.get(to);
    if (count === undefined) return [];
    return moved.size === 1 ? to : `${to} (${count})`;
  });
  const elsewhere = places.length === 0 ? [] : [`launched in ${places.join(' and ')} instead`];
  const nowhere = unmet.length === 0 ? [] : [`nothing for ${unmet.length} in any other region`];
  const message = `${region}: ${found}: ${[...elsewhere, ...nowhere].join('; ')}`;
  const { hint, topic } = shortage.failure;
  notices.say('warning', message, unmet.length === 0 ? { region } : { hint, topic, region });
};
