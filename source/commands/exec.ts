import type { ExistingNode } from '../fleet/plan.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { cleanText } from '../ssh/clean-text.ts';
import type { RunCommand } from './command.ts';
import { exitStatus, UsageError } from './exit-status.ts';
import { noNodes } from './no-nodes.ts';
import { type NodeCommandContext, withNodes } from './node-command.ts';
import { nodeJson, nodeText } from './node-text.ts';

type Outcome = {
  readonly node: string;
  /** What the command ended with, or why it could not be run. */
  readonly status: string;
  readonly succeeded: boolean;
  readonly output: string;
};

/** Runs a command on many nodes and shows those with the same result together. */
export const run: RunCommand = (invocation) => {
  const command = invocation.remoteCommand?.join(' ') ?? '';
  if (command === '') {
    throw new UsageError('exec needs a command', 'Usage: spot-tui exec [node…] -- command…');
  }
  return withNodes(invocation, async (context) => {
    const { nodes, workspace } = context;
    const { options, stdout } = invocation;
    if (nodes.length === 0 && !options.json) {
      stdout.write(noNodes(invocation, workspace.config));
    }
    const outcomes = await Promise.all(nodes.map((node) => runOn(context, node, command)));
    if (options.json) {
      const results = outcomes.map(({ node, status, succeeded, output }) => ({
        node,
        ok: succeeded,
        status,
        output,
      }));
      stdout.write(`${nodeJson({ command, nodes: results })}\n`);
    } else {
      for (const group of grouped(outcomes)) {
        stdout.write(nodeText(invocation, groupText(group)));
      }
    }
    return outcomes.every(({ succeeded }) => succeeded) ? exitStatus.success : exitStatus.failure;
  });
};

const runOn = async (
  { access, reach, signal }: NodeCommandContext,
  node: ExistingNode,
  command: string,
): Promise<Outcome> => {
  const { name } = node;
  try {
    const connection = access.connect(node.instance);
    const output = collectLines();
    try {
      await reach(node, connection);
      const { exitCode, exitSignal } = await connection.exec(command, {
        signal,
        onLine: output.add,
      });
      return {
        node: name,
        status: exitSignal === undefined ? `exit status ${exitCode}` : `killed by ${exitSignal}`,
        succeeded: exitCode === 0,
        output: output.text(),
      };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const { reason, hint } = toPhaseFailure(error);
    return {
      node: name,
      status: 'not run',
      succeeded: false,
      output: cleanText(`${reason}. ${hint}`),
    };
  }
};

/** Characters of one node's output that are kept: the others' need room, too. */
const maximumOutput = 4 * 1024 * 1024;

const collectLines = () => {
  const lines: string[] = [];
  let size = 0;
  let leftOut = 0;
  return {
    add: (line: string) => {
      size += line.length + 1;
      if (size <= maximumOutput) lines.push(line);
      else leftOut += 1;
    },
    text: () => [...lines, ...(leftOut === 0 ? [] : [`(${leftOut} more lines)`])].join('\n'),
  };
};

const grouped = (outcomes: readonly Outcome[]): Outcome[][] => [
  ...Map.groupBy(outcomes, ({ status, output }) => `${status}\n${output}`).values(),
];

const groupText = (group: readonly Outcome[]): string => {
  const [first] = group;
  if (first === undefined) return '';
  const names = group.map(({ node }) => node).join(', ');
  const count = group.length > 1 ? `${group.length} nodes: ` : '';
  const status = first.succeeded ? '' : ` (${first.status})`;
  return `── ${count}${names}${status}\n${first.output === '' ? '' : `${first.output}\n`}`;
};
