import type { Action } from './action-log.ts';
import type { SeenInstances } from './actions.ts';
import { byRegion } from './fleet-machines.ts';
import type { RunEnd } from './node-run.ts';
import type { NodeSession } from './node-session.ts';
import { withoutOtherMachines } from './other-machine.ts';
import { type Launching, startRuns } from './revive-nodes.ts';

/**
 * Terminates the machines of nodes and launches new ones under the same names, as soon as EC2 has
 * agreed to end the old ones: those no longer count as the nodes then. A region that refuses fails
 * its nodes only, and launches nothing.
 *
 * @param signal Ends the request to terminate.
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
      await startRuns(action, successors, launching, { userData, isLost: () => true });
    }),
  );
  const refusal = answers.find((answer) => answer.status === 'rejected');
  if (refusal !== undefined) throw refusal.reason;
};

const replacedBy = ({ id }: Action): RunEnd => ({
  type: 'cancelled',
  reason: `replaced again by action ${id}`,
});

const replacedAlready = {
  status: 'skipped',
  detail: 'another action replaces it already',
} as const;

const unanswered = {
  status: 'skipped',
  detail: 'EC2 has not answered its launch yet: ask again when it has',
} as const;
