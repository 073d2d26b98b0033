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
 * agreed to end the old ones: those no longer count as the nodes then. A region that refuses fails
 * its nodes only, and launches nothing.
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
    [...byRegion(replaceable)].map(async ([region, inRegion]) => {
      const there = inRegion.filter(({ machine }) => machine.isThere);
      const before = new Map(inRegion.map(({ machine, name }) => [name, machine.instanceId]));
      for (const { name } of there) action.running(name, 'asking EC2 to end its machine');
      try {
        if (there.length > 0)
          await launching.machines.terminate(region, there, signal, replacedBy(action));
      } catch (error) {
        for (const { name } of inRegion) action.settle(name, action.failure(error));
        throw error;
      }
      const successors = inRegion.filter(({ awaitsLaunch, machine, name }) => {
        const isTaken =
          awaitsLaunch || (machine.isThere && machine.instanceId !== before.get(name));
        if (isTaken) action.settle(name, replacedAlready);
        return !isTaken;
      });
      const launch = (sessions: readonly NodeSession[]) =>
        launchSuccessors(action, sessions, before, { ...launching, userData }, signal);
      if (!action.signal.aborted) {
        await launch(successors);
        return;
      }
      // Those that had no machine lose none by it.
      const ended = successors.filter((session) => there.includes(session));
      if (action.isLeft) {
        await launch(ended);
      } else {
        for (const { name } of ended) action.settle(name, action.cancelled(launchedNothing));
      }
    }),
  );
  const refusal = answers.find((answer) => answer.status === 'rejected');
  if (refusal !== undefined) throw refusal.reason;
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
