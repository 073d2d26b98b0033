import { type LaunchRefusal, type RegionCloud, tagNames } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { refusalError } from '../ec2/launch.ts';
import { withDeadline } from '../pipeline/deadline.ts';
import { PhaseFailure, toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeSession } from './node-session.ts';

export type RegionLaunchOptions = {
  readonly cloud: RegionCloud;
  readonly generation: number;
  /** The nodes to launch instances for, in the order of their slots. */
  readonly sessions: readonly NodeSession[];
  readonly userData: string;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly notify: (level: 'warning' | 'error', message: string, hint?: string) => void;
};

/**
 * Launches instances for a region's nodes with one request, and writes each its name. A node that
 * gets none fails with EC2's reason; nothing here rejects, so that no region can touch another.
 *
 * @returns The exit status that the command ends with because of this region; 0 when it launched.
 */
export const launchRegion = async (options: RegionLaunchOptions): Promise<number> => {
  const { cloud, generation, sessions, signal, timeout, userData } = options;
  for (const { machine } of sessions) machine.beginLaunch();
  try {
    const answer = await withDeadline(timeout, signal, async (bounded) => {
      await cloud.prepare({ userData }, bounded);
      return cloud.launch({ count: sessions.length, generation, userData }, bounded);
    });
    const names = new Map<string, Record<string, string>>();
    const refused =
      answer.instances.length < sessions.length
        ? refusalOf(cloud.region, answer.refusals)
        : undefined;
    for (const [position, session] of sessions.entries()) {
      const instance = answer.instances[position];
      if (instance !== undefined) {
        session.launched(instance);
        names.set(instance.instanceId, { [tagNames.node]: session.name });
      } else if (refused !== undefined) {
        session.machine.refuse(refused.failure);
      }
    }
    await nameInstances(options, names);
    return refused?.exitStatus ?? 0;
  } catch (error) {
    if (signal.aborted) return 0;
    const failure = toPhaseFailure(error);
    for (const { machine } of sessions) machine.refuse(failure);
    return error instanceof Ec2Error ? error.exitStatus : 1;
  }
};

/** A name that could not be written is no reason to fail: whoever attaches next adopts the node. */
const nameInstances = async (
  { cloud, notify, signal }: RegionLaunchOptions,
  names: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Promise<void> => {
  if (names.size === 0) return;
  try {
    await cloud.tag(names, signal);
  } catch (error) {
    if (signal.aborted) return;
    const { reason, hint } = toPhaseFailure(error);
    notify('warning', `the names of new nodes could not be written: ${reason}`, hint);
  }
};

/** What the nodes that got no instance fail with: a refusal for capacity says more than others. */
const refusalOf = (region: string, refusals: readonly LaunchRefusal[]): RefusedLaunch => {
  const errors = refusals.map((refusal) => refusalError({ region }, refusal));
  const error = errors.find(({ kind }) => kind === 'capacity') ?? errors[0];
  return {
    failure: new PhaseFailure(
      error?.message ?? `${region}: EC2 launched fewer instances than asked for and gave no reason`,
      error?.hint ?? '`spot-tui create` fills what is missing.',
      errors.map(({ message }) => message),
    ),
    exitStatus: error?.exitStatus ?? 1,
  };
};

type RefusedLaunch = { readonly failure: PhaseFailure; readonly exitStatus: number };
