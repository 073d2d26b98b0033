import type { UserData } from '../pipeline/user-data.ts';
import type { Action } from './action-log.ts';
import { onEachNode } from './each-node.ts';
import type { FleetMachines } from './fleet-machines.ts';
import type { NodeSession } from './node-session.ts';
import { runOnNode } from './run-on-node.ts';

export type Launching = {
  readonly machines: Pick<FleetMachines, 'launch' | 'terminate'>;
  readonly buildUserData: () => Promise<UserData>;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
};

/**
 * Runs the whole pipeline of nodes again: on the same machine where there is one, else on one that
 * is launched for it.
 *
 * @throws What `buildUserData` throws, before anything is begun with.
 */
export const reviveNodes = async (
  action: Action,
  sessions: readonly NodeSession[],
  launching: Launching,
): Promise<void> => {
  const userData = sessions.some(isIdleWithoutMachine)
    ? (await launching.buildUserData()).userData
    : undefined;
  // Somebody else may have begun with one of them meanwhile.
  const lost = new Set(userData === undefined ? [] : sessions.filter(isIdleWithoutMachine));
  await startRuns(action, sessions, launching, {
    userData,
    isLost: (session) => lost.has(session),
  });
};

const isIdleWithoutMachine = ({ isWorking, machine }: NodeSession): boolean =>
  !isWorking && !machine.isThere;

/** Starts runs at once on nodes of which some need a machine, and sees them through. */
export const startRuns = async (
  action: Action,
  sessions: readonly NodeSession[],
  { clock, machines }: Pick<Launching, 'clock' | 'machines'>,
  {
    isLost,
    identity,
    isBound = false,
    userData,
  }: {
    readonly userData: string | undefined;
    readonly isLost: (session: NodeSession) => boolean;
    /** Makes the launch one of its own, see `LaunchOptions`. */
    readonly identity?: string;
    /** Whether nodes are wanted where they are, see `LaunchOptions`. */
    readonly isBound?: boolean;
  },
): Promise<void> => {
  const runs = onEachNode(action, sessions, sessions.length, (session) =>
    runOnNode(action, session, {
      clock,
      start: (request) =>
        isLost(session) ? session.startAnew(request) : session.start('create', request),
    }),
  );
  if (userData !== undefined) {
    const isWanted = ({ awaitsLaunch }: NodeSession): boolean => awaitsLaunch;
    await machines.launch(sessions.filter(isLost), {
      userData,
      isWanted,
      isBound,
      ...(identity === undefined ? {} : { identity }),
    });
  }
  await runs;
};
