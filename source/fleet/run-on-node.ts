import { formatSeconds } from '../pipeline/deadline.ts';
import type { Action, NodeResult } from './action-log.ts';
import type { RunEnd, RunRequest } from './node-run.ts';
import type { NodeSession } from './node-session.ts';

/** Runs a node's pipeline for an action, and says what came of it. */
export const runOnNode = async (
  action: Pick<Action, 'signal' | 'running'>,
  { isWorking, name }: Pick<NodeSession, 'isWorking' | 'name'>,
  { clock, start }: RunOnNodeOptions,
): Promise<NodeResult> => {
  let begun = clock();
  if (isWorking) action.running(name, 'begins when what is being done to the node is over');
  const end = await start({
    signal: action.signal,
    onBegin: () => {
      begun = clock();
      action.running(name, 'under way');
    },
  });
  switch (end.type) {
    case 'ready':
      return {
        status: 'succeeded',
        detail: `ready${end.node === undefined ? '' : ` as ${end.node}`} after ${formatSeconds(clock() - begun)}`,
      };
    case 'failed':
      return {
        status: 'failed',
        detail: `${end.node === undefined ? '' : `${end.node}: `}${end.phase}: ${end.reason}`,
      };
    case 'cancelled':
      return { status: 'cancelled', detail: end.reason };
    case 'ended':
      return { status: 'failed', detail: end.reason };
    default:
      return end satisfies never;
  }
};

export type RunOnNodeOptions = {
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Asks the node's session for the run. */
  readonly start: (request: RunRequest) => Promise<RunEnd>;
};
