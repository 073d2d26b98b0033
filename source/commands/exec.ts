import type { FleetEvent } from '../events/event.ts';
import { groupResults, type ResultGroup } from '../fleet/group-results.ts';
import type { ActionResult } from '../fleet/state.ts';
import type { RunCommand } from './command.ts';
import { exitStatus, UsageError } from './exit-status.ts';
import { openMachineRun } from './fleet-run.ts';
import { untilAborted } from './interruption.ts';
import { noNodes } from './no-nodes.ts';
import { type NodeCommandContext, withNodes } from './node-command.ts';
import { nodeJson, nodeLine, nodeText } from './node-text.ts';

/** Runs a command on many nodes and shows those with the same result together. */
export const run: RunCommand = (invocation) => {
  const command = invocation.remoteCommand?.join(' ') ?? '';
  if (command === '') {
    throw new UsageError('exec needs a command', 'Usage: spot-tui exec [node…] -- command…');
  }
  return withNodes(invocation, async (context) => {
    const { options, stdout } = invocation;
    if (context.nodes.length === 0 && !options.json) {
      stdout.write(noNodes(invocation, context.workspace.config));
    }
    const results = context.nodes.length === 0 ? [] : await execute(context, command);
    if (options.json) {
      const nodes = results.map(([node, { detail, output = [], status }]) => ({
        node,
        ok: status === 'succeeded',
        status: detail,
        output: output.join('\n'),
      }));
      stdout.write(`${nodeJson({ command, nodes })}\n`);
    } else {
      for (const group of groupResults(results)) {
        stdout.write(nodeText(invocation, groupText(group)));
      }
    }
    return results.every(([, { status }]) => status === 'succeeded')
      ? exitStatus.success
      : exitStatus.failure;
  });
};

/** The results in the order of the nodes, with all of the output and not only its end. */
const execute = async (
  { access, invocation, nodes, signal, workspace }: NodeCommandContext,
  command: string,
): Promise<(readonly [string, ActionResult])[]> => {
  const fleet = openMachineRun(invocation, workspace, 'exec', access);
  const { actions } = fleet.controller;
  const outputs = new Map(nodes.map(({ name }) => [name, collectLines()]));
  fleet.addReporter(
    Object.assign(
      (event: FleetEvent) => {
        if (event.event !== 'log') return;
        invocation.stderr.write(nodeLine(invocation, event.node, event.message));
      },
      { flush: () => Promise.resolve() },
    ),
  );
  try {
    fleet.controller.visit('exec', nodes);
    const id = actions.exec([...outputs.keys()], command, (node, line) => {
      outputs.get(node)?.add(line);
    });
    await untilAborted(signal, () => actions.over(id));
    const action = fleet.store.getState().actions.find((each) => each.id === id);
    return [...outputs].flatMap(([name, { lines }]) => {
      const result = action?.results.get(name);
      if (result === undefined) return [];
      // What says why nothing ran is no output of the command.
      const output = lines().length > 0 ? lines() : result.output;
      return [[name, output === undefined ? result : { ...result, output }] as const];
    });
  } finally {
    await fleet.close();
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
    lines: () => [...lines, ...(leftOut === 0 ? [] : [`(${leftOut} more lines)`])],
  };
};

const groupText = ({ nodes, result }: ResultGroup): string => {
  const count = nodes.length > 1 ? `${nodes.length} nodes: ` : '';
  const status = result.status === 'succeeded' ? '' : ` (${result.detail})`;
  const output = (result.output ?? []).map((line) => `${line}\n`);
  return `── ${count}${nodes.join(', ')}${status}\n${output.join('')}`;
};
