import type { Config } from '../config/config.ts';
import type { Instance, LaunchedInstance, RegionCloud } from '../ec2/cloud.ts';
import { expiryTag } from '../ec2/expiry.ts';
import { withDeadline } from '../pipeline/deadline.ts';
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
  const { buildUserData, clock, clouds, config, machines, notices, sessions } = options;
  const { old, taken } = lost;
  const { name, region } = taken;
  const cloud = clouds.find((each) => each.region === region);
  if (cloud === undefined) return;
  const { userData } = await buildUserData();
  action.running(name, 'launching another one in its place');
  const request = {
    cloud,
    old,
    userData,
    notices,
    expiry: config.timeToLive === undefined ? {} : expiryTag(config.timeToLive, cloud.now()),
    onDemand: config.onDemandFallback,
    taken: () => namesInUse(sessions.inRegion(region)),
  };
  let successor: NodeSession | undefined;
  // Before anybody can take it for a stranger.
  const onLaunched = (node: PlannedNode, machine: LaunchedInstance) => {
    successor = sessions.named([node.name])[0] ?? sessions.open(node);
    successor.succeeded(machine);
  };
  const launched = await machines.inTurn(region, signal, () =>
    withDeadline(config.timeouts.launching, signal, (bounded) =>
      launchSuccessor({ ...request, onLaunched }, bounded),
    ),
  );
  if (launched.type === 'found') {
    const { instance, node } = launched;
    const known = sessions.all.find(({ machine }) => machine.instanceId === instance.instanceId);
    successor = known ?? sessions.named([node.name])[0] ?? sessions.open(node);
    if (known === undefined) successor.replaced(instance, sshPortOf(instance, config));
  }
  if (successor === undefined) return;
  if (taken.machine.instanceId === old.instanceId) taken.succeededBy(successor.name);
  const end = await bringUp(action, successor, {
    clock,
    isOurs: launched.type === 'launched',
    name,
  });
  action.settle(name, { ...end, detail: `${successor.name} has its place: ${end.detail}` });
};

/** Sees the run of the new node through, for the action on the old one. */
const bringUp = (
  action: Action,
  successor: NodeSession,
  {
    clock,
    isOurs,
    name,
  }: { readonly clock: () => number; readonly isOurs: boolean; readonly name: string },
) => {
  const start = (request: RunRequest): Promise<RunEnd> =>
    successor.start(isOurs ? 'create' : 'observe', request);
  const onOld = {
    signal: action.signal,
    running: (_successor: string, detail: string) =>
      action.running(name, `${successor.name} has its place: ${detail}`),
  };
  return runOnNode(onOld, successor, { clock, start });
};

/** Names of nodes whose machines live, or are being launched. */
const namesInUse = (sessions: readonly NodeSession[]): ReadonlySet<string> =>
  new Set(
    sessions
      .filter(({ awaitsLaunch, machine }) => awaitsLaunch || machine.isThere)
      .map(({ name }) => name),
  );
