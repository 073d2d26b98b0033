import type { Config } from '../config/config.ts';
import type { Instance, LaunchedInstance, RegionCloud } from '../ec2/cloud.ts';
import { expiryTag } from '../ec2/expiry.ts';
import { withDeadline } from '../pipeline/deadline.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { UserData } from '../pipeline/user-data.ts';
import type { Action } from './action-log.ts';
import type { FleetMachines } from './fleet-machines.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import { launchSuccessor } from './launch-successor.ts';
import type { RunEnd, RunRequest } from './node-run.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';
import type { PlannedNode } from './plan.ts';
import { runOnNode } from './run-on-node.ts';
import { sshPortOf } from './ssh-port.ts';

export type ReplaceInterruptedOptions = {
  readonly config: Config;
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  readonly machines: Pick<FleetMachines, 'inTurn'>;
  readonly buildUserData: () => Promise<UserData>;
  readonly notices: Notices;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
};

/**
 * Launches a node in the place of one that EC2 takes back, and brings it up. It gets a name of its
 * own while the machine of the other lives, and that one's once it is gone. Where somebody else has
 * launched it, it is observed only.
 *
 * @param lost The node, and its instance when EC2 took that: it may have another one by now.
 * @param signal Ends the requests to EC2.
 * @throws What `buildUserData` and `launchSuccessor` throw.
 */
export const replaceInterrupted = async (
  action: Action,
  lost: { readonly taken: NodeSession; readonly old: Instance },
  options: ReplaceInterruptedOptions,
  signal: AbortSignal,
): Promise<void> => {
  const { buildUserData, clock, clouds } = options;
  const { old, taken } = lost;
  const { name, region } = taken;
  const cloud = clouds.find((each) => each.region === region);
  if (cloud === undefined) return;
  const { userData } = await buildUserData();
  action.running(name, 'launching another one in its place');
  const successor = await obtain(cloud, old, userData, options, signal);
  const { session } = successor;
  if (taken.machine.instanceId === old.instanceId) taken.succeededBy(session.name);
  const end = await bringUp(action, name, successor, clock);
  action.settle(name, { ...end, detail: `${session.name} has its place: ${end.detail}` });
};

/** A node in the place of another, and whether its machine was launched here. */
type Obtained = { readonly session: NodeSession; readonly isOurs: boolean };

const obtain = async (
  cloud: RegionCloud,
  old: Instance,
  userData: string,
  { config, machines, notices, sessions }: ReplaceInterruptedOptions,
  signal: AbortSignal,
): Promise<Obtained> => {
  const { region } = cloud;
  const named = (node: PlannedNode) => sessions.named([node.name])[0] ?? sessions.open(node);
  let launched: NodeSession | undefined;
  const request = {
    cloud,
    old,
    userData,
    notices,
    expiry: config.timeToLive === undefined ? {} : expiryTag(config.timeToLive, cloud.now()),
    onDemand: config.onDemandFallback,
    taken: () => namesInUse(sessions.inRegion(region)),
    // Before anybody can take it for a stranger.
    onLaunched: (node: PlannedNode, machine: LaunchedInstance) => {
      launched = named(node);
      launched.succeeded(machine);
    },
  };
  try {
    const successor = await machines.inTurn(region, signal, () =>
      withDeadline(config.timeouts.launching, signal, (bounded) =>
        launchSuccessor(request, bounded),
      ),
    );
    if (successor.type === 'launched') return { session: named(successor.node), isOurs: true };
    const { instance, node } = successor;
    const known = sessions.all.find(({ machine }) => machine.instanceId === instance.instanceId);
    const session = known ?? named(node);
    if (known === undefined) session.replaced(instance, sshPortOf(instance, config));
    return { session, isOurs: false };
  } catch (error) {
    if (launched === undefined || signal.aborted) throw error;
    // EC2 has given it: what was to be noted about it takes too long, and is no reason to leave it.
    const { reason, topic } = toPhaseFailure(error);
    notices.say('warning', `${launched.name} was launched, and its name not written: ${reason}`, {
      region,
      hint: 'Whoever attaches to the fleet next gives it a name.',
      topic,
    });
    return { session: launched, isOurs: true };
  }
};

/** Sees the run of the new node through, for the action on the old one. */
const bringUp = (
  action: Action,
  old: string,
  { isOurs, session }: Obtained,
  clock: () => number,
) => {
  const start = (request: RunRequest): Promise<RunEnd> =>
    session.start(isOurs ? 'create' : 'observe', request);
  const onOld = {
    signal: action.signal,
    running: (_successor: string, detail: string) =>
      action.running(old, `${session.name} has its place: ${detail}`),
  };
  return runOnNode(onOld, session, { clock, start });
};

/** Names of nodes whose machines live, or are being launched. */
const namesInUse = (sessions: readonly NodeSession[]): ReadonlySet<string> =>
  new Set(
    sessions
      .filter(({ awaitsLaunch, machine }) => awaitsLaunch || machine.isThere)
      .map(({ name }) => name),
  );
