import { followContainer } from '../pipeline/journal/follow-container.ts';
import { followJournal } from '../pipeline/journal/follow-journal.ts';
import type { NodeReport } from '../pipeline/node-report.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { LogRequest, LogSource } from './actions.ts';

/** Nodes whose logs are followed at a time: each is a channel, and more lines than anyone reads. */
const mostNodes = 100;

export type NodeLogsOptions<Node> = {
  readonly nodes: readonly Node[];
  /** @throws what a person should read when the node can't be reached. */
  readonly reach: (node: Node, signal: AbortSignal) => Promise<NodeConnection>;
  /** Milliseconds since the Unix epoch; for lines that say no time of their own. */
  readonly clock: () => number;
};

/** Follows a log of each node, see `FleetActions.followLogs`. */
export const followNodeLogs = async <Node extends { readonly name: string }>(
  { lines, onLine, onProblem, source }: LogRequest,
  { clock, nodes, reach }: NodeLogsOptions<Node>,
  signal: AbortSignal,
): Promise<void> => {
  for (const { name } of nodes.slice(mostNodes)) {
    onProblem(name, `not followed: at most ${mostNodes} nodes at a time`);
  }
  await Promise.all(
    nodes.slice(0, mostNodes).map(async (node) => {
      const { name } = node;
      const report: Pick<NodeReport, 'log'> = {
        log: (message, from = 'spot-tui', time = clock()) => {
          if (!signal.aborted) onLine({ node: name, time, source: from, message });
        },
      };
      try {
        const connection = await reach(node, signal);
        await followSource(connection, source, { lines, report, onProblem, name }, signal);
      } catch (error) {
        if (signal.aborted) return;
        onProblem(name, toPhaseFailure(error).reason);
      }
    }),
  );
};

const followSource = (
  connection: NodeConnection,
  source: LogSource,
  {
    lines,
    name,
    onProblem,
    report,
  }: Pick<LogRequest, 'lines' | 'onProblem'> & {
    readonly name: string;
    readonly report: Pick<NodeReport, 'log'>;
  },
  signal: AbortSignal,
): Promise<void> => {
  switch (source.type) {
    case 'journal':
      return followJournal(connection, { units: [], lines }, report, signal);
    case 'unit':
      return followJournal(connection, { units: [source.unit], lines }, report, signal);
    case 'container':
      return followContainer(
        connection,
        { container: source.container, lines, onProblem: (problem) => onProblem(name, problem) },
        report,
        signal,
      );
    default:
      return source satisfies never;
  }
};
