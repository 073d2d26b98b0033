import { type DrainRequest, describeDrain, drainNode } from '../pipeline/drain.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeConnection } from '../ssh/connection.ts';

export type NodeDrainRequest = Pick<DrainRequest, 'command' | 'notice' | 'signal'> & {
  /** Resolves once nothing else is being done to the node. */
  readonly idle: Promise<void>;
  /** Hears what people should know, where the command did not do well. */
  readonly onFailure: (failure: string, hint: string) => void;
};

/**
 * Runs the configured command on a node that EC2 takes, and tells in the node's log what it says
 * and what came of it. Never rejects: a node that goes away in the middle of it is the rule.
 */
export const drain = async (
  context: NodeContext,
  connection: NodeConnection,
  { command, idle, notice, onFailure, signal }: NodeDrainRequest,
): Promise<void> => {
  const { report } = context;
  const onLine = (line: string) => report.log(line, 'drain');
  await idle;
  if (signal.aborted) return;
  report.log('the drain command begins');
  try {
    const end = await drainNode(context, connection, { command, notice, onLine, signal });
    if (end.type === 'ended' && end.exitStatus === 0) {
      const byWhom = end.wasBegun ? ', which somebody else had begun' : '';
      report.log(`the drain command has ended well${byWhom}`);
    } else {
      fail(describeDrain(end));
    }
  } catch (error) {
    if (signal.aborted) {
      report.log('the drain command is not followed any more, and goes on while the machine does');
      return;
    }
    fail(toPhaseFailure(error).reason);
  }

  function fail(why: string): void {
    report.log(`the drain command failed: ${why}`);
    onFailure(`the drain command failed: ${why}`, 'What it said is in the log of the node.');
  }
};
