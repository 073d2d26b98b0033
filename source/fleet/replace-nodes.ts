import { type Ec2Error, throwFirst } from '../ec2/errors.ts';
import type { Action } from './action-log.ts';
import type { SeenInstances } from './actions.ts';
import { byRegion } from './fleet-machines.ts';
import type { RunEnd, RunRequest } from './node-run.ts';
import type { NodeSession } from './node-session.ts';
import { withoutOtherMachines } from './other-machine.ts';
import type { Launching } from './revive-nodes.ts';
import { runOnNode } from './run-on-node.ts';

/**
 * Terminates the machines of nodes and launches new ones under the same names, as soon as EC2 has
 * agreed to end the old ones: those no longer count as the nodes then. What EC2 refuses to end fails
 * the nodes that it concerns only, and they get no other machine.
 *
 * Once they have been asked to end, the end of the program does not keep their successors from being
 * launched.
 *
 * @param signal Ends the requests to terminate and to launch.
 * @throws What `buildUserData` throws, before anything is terminated; the first of the refusals,
 * once all is over.
 */
export const replaceNodes = async (
  action: Action,
  sessions: readonly NodeSession[],
  launching: Launching & { readonly confirmed: SeenInstances | undefined },
  signal: AbortSignal,
): Promise<void> => {
  const { userData } = await launching.buildUserData();
  if (action.signal.aborted) return;
  const meant = withoutOtherMachines(action, sessions, launching.confirmed);
  const replaceable = meant.filter(({ awaitsLaunch, name }) => {
    if (awaitsLaunch) action.settle(name, unanswered);
    return !awaitsLaunch;
  });
  const answers = await Promise.allSettled(
    [...byRegion(replaceable)].map(([region, inRegion]) =>
      replaceIn(action, region, inRegion, { ...launching, userData }, signal),
    ),
  );
  const refusal = answers.find((answer) => answer.status === 'rejected');
  if (refusal !== undefined) throw refusal.reason;
};

const replaceIn = async (
  action: Action,
  region: string,
  sessions: readonly NodeSession[],
  launching: Launching & { readonly userData: string },
  signal: AbortSignal,
): Promise<void> => {
  const { machines } = launching;
  const there = sessions.filter(({ machine }) => machine.isThere);
  const before = new Map(sessions.map(({ machine, name }) => [name, machine.instanceId]));
  for (const { name } of there) action.running(name, 'asking EC2 to end its machine');
  let refused: ReadonlyMap<NodeSession, Ec2Error>;
  try {
    refused = await machines.terminate(region, there, signal, replacedBy(action));
  } catch (error) {
    for (const { name } of sessions) action.settle(name, action.failure(error));
    throw error;
  }
  for (const [{ name }, error] of refused) action.settle(name, action.failure(error));
  const successors = sessions.filter((session) => {
    const { awaitsLaunch, machine, name } = session;
    if (refused.has(session)) return false;
    const isTaken = awaitsLaunch || (machine.isThere && machine.instanceId !== before.get(name));
    if (isTaken) action.settle(name, replacedAlready);
    return !isTaken;
  });
  // Those that had no machine lose none by it.
  const ended = successors.filter((session) => there.includes(session));
  if (!action.signal.aborted) {
    await launchSuccessors(action, successors, before, launching, signal);
  } else if (action.isLeft) {
    await launchSuccessors(action, ended, before, launching, signal);
  } else {
    for (const { name } of ended) action.settle(name, action.cancelled(launchedNothing));
  }
  throwFirst(refused.values());
};

/**
 * Launches machines in a region in place of those that nodes had before, and sees their runs
 * through. The end of the program ends those, and not the launch.
 */
const launchSuccessors = async (
  action: Action,
  sessions: readonly NodeSession[],
  before: ReadonlyMap<string, string | undefined>,
  { clock, machines, userData }: Launching & { readonly userData: string },
  signal: AbortSignal,
): Promise<void> => {
  const answered = Promise.withResolvers<void>();
  // Whoever replaces the same machines gets the same ones for them, and nobody else does.
  const replaced = sessions.flatMap(({ name }) => before.get(name) ?? []).sort();
  const identity = ['replaces', ...replaced].join(' ');
  const runs = sessions.map(async (session) => {
    const { machine, name } = session;
    const start = (request: RunRequest) => session.startAnew(request);
    const result = await runOnNode(action, session, { clock, start });
    if (result.status !== 'cancelled' || !action.signal.aborted) {
      action.settle(name, result);
      return;
    }
    await answered.promise;
    const detail = machine.isThere ? launched : signal.aborted ? notAnswered : launchedNothing;
    action.settle(name, action.cancelled(detail));
  });
  try {
    const isWanted = ({ awaitsLaunch }: NodeSession): boolean => awaitsLaunch || action.isLeft;
    const launch = { userData, isWanted, identity, strangers: 'namesakes', signal } as const;
    await machines.launch(sessions, launch);
  } finally {
    answered.resolve();
    await Promise.all(runs);
  }
};

const launched = 'terminated, and a new one was launched: `spot-tui create` sets it up';

const launchedNothing = 'terminated; no new one was launched: `spot-tui create` launches it';

const notAnswered =
  'terminated; EC2 has not answered the launch of a new one: `spot-tui create` launches it if need be';

const replacedBy = ({ id }: Action): RunEnd => ({
  type: 'cancelled',
  reason: `replaced by action ${id}`,
});

const replacedAlready = {
  status: 'skipped',
  detail: 'another action replaces it already',
} as const;

const unanswered = {
  status: 'skipped',
  detail: 'EC2 has not answered its launch yet: ask again when it has',
} as const;
