import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { Action, NodeResult } from './action-log.ts';
import { reachNode } from './node-reach.ts';
import type { NodeSession } from './node-session.ts';
import { execOnNode } from './remote-exec.ts';

export type ExecForActionOptions = {
  readonly config: Pick<Config, 'timeouts'>;
  readonly command: string;
  /** Hears every line, also those that the result leaves out. */
  readonly onLine: ((node: string, line: string) => void) | undefined;
};

/** Milliseconds in which a node has to take a signal: nobody wants to wait for one that is lost. */
const patience = 1_000;

/** Runs a command on a node for an action; one that could not be run says so, and why. */
export const execForAction = async (
  action: Action,
  session: NodeSession,
  { command, config, onLine }: ExecForActionOptions,
): Promise<NodeResult> => {
  const { name } = session;
  const { signal } = action;
  let isRunning = false;
  let taken: Promise<boolean> | undefined;
  try {
    action.running(name, 'connecting');
    const connection = await reachNode(session, config, signal);
    isRunning = true;
    action.running(name, 'running');
    return await execOnNode(connection, command, {
      signal,
      onStop: (isTaken) => {
        taken = isTaken;
      },
      ...(onLine === undefined ? {} : { onLine: (line) => onLine(name, line) }),
    });
  } catch (error) {
    if (signal.aborted) {
      if (taken === undefined) return action.cancelled('not run');
      return action.cancelled(
        (await isSoon(taken))
          ? 'SIGTERM was sent, and what ignores that may go on there'
          : 'the node did not answer, and the command may go on there',
      );
    }
    const { hint, reason } = toPhaseFailure(error);
    const detail = isRunning ? 'not known how it ended' : 'not run';
    return { status: 'failed', detail, output: [`${reason}. ${hint}`] };
  }
};

const isSoon = async (taken: Promise<boolean>): Promise<boolean> => {
  const over = new AbortController();
  const late = sleep(patience, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([taken, late]);
  } finally {
    over.abort();
  }
};
