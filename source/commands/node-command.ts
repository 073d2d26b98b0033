import { findNodes } from '../fleet/find-nodes.ts';
import type { ExistingNode } from '../fleet/plan.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import { reach } from '../pipeline/phases/connecting.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { Invocation } from './command.ts';
import { type ExitStatus, UsageError } from './exit-status.ts';
import { withInterruption } from './interruption.ts';
import { type NodeAccess, openNodeAccess } from './node-access.ts';
import { nodeLine } from './node-text.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** What a command that talks to nodes, without driving them, works with. */
export type NodeCommandContext = {
  readonly invocation: Invocation;
  readonly workspace: Workspace;
  readonly access: NodeAccess;
  /** The nodes that the command line means. */
  readonly nodes: readonly ExistingNode[];
  readonly signal: AbortSignal;
  /**
   * Makes the connection to a node, saying on standard error what it waits for.
   *
   * @throws PhaseFailure when the node can't be reached in time, or SshError.
   */
  readonly reach: (node: ExistingNode, connection: NodeConnection) => Promise<void>;
};

/** Finds the nodes that the command line means, then works with them. */
export const withNodes = (
  invocation: Invocation,
  work: (context: NodeCommandContext) => Promise<ExitStatus>,
): Promise<ExitStatus> =>
  withInterruption(invocation, async (signal, end) => {
    const workspace = await openWorkspace(invocation, signal, end);
    const nodes = selectNodes(await findNodes(workspace.clouds, signal), invocation.words);
    return work(await openNodes(invocation, workspace, nodes, signal));
  });

/**
 * What it takes to work with nodes that were found.
 *
 * @throws SshError when there is no usable key, and the signal's reason once that aborts.
 */
export const openNodes = async (
  invocation: Invocation,
  workspace: Workspace,
  nodes: readonly ExistingNode[],
  signal: AbortSignal,
): Promise<NodeCommandContext> => ({
  invocation,
  workspace,
  access: await openNodeAccess(invocation, workspace, signal),
  nodes,
  signal,
  reach: ({ name }, connection) =>
    reach(connection, {
      patience: workspace.config.timeouts.connecting,
      signal,
      onWaiting: (reason) => {
        invocation.stderr.write(nodeLine(invocation, name, `waiting for SSH: ${reason}`));
      },
    }),
});

/**
 * The one node that a command is about.
 *
 * @throws UsageError when the command line names none.
 */
export const requireOneNode = (
  { words }: Invocation,
  nodes: readonly ExistingNode[],
  usage: string,
): ExistingNode => {
  const [node] = nodes;
  if (words.length === 0 || node === undefined) {
    throw new UsageError(
      'which node?',
      `Usage: spot-tui ${usage}. ${
        nodes.length === 0
          ? 'The deployment has no nodes.'
          : `There are: ${nodes
              .slice(0, 12)
              .map(({ name }) => name)
              .join(', ')}${nodes.length > 12 ? ', …' : ''}.`
      }`,
    );
  }
  return node;
};
