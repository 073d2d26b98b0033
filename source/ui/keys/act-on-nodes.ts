import type { NodeState } from '../../fleet/state.ts';
import { openNode } from '../node-screen/open-node.ts';
import type { Feedback } from '../view-state.ts';
import { askForCommand } from './ask-for-command.ts';
import { askForRollout } from './ask-for-rollout.ts';
import { askWhatToCopy } from './ask-what-to-copy.ts';
import { askWhichLog } from './ask-which-log.ts';
import { confirmAction } from './confirm-action.ts';
import { type KeyContext, tell } from './key-context.ts';
import type { NodeCommand } from './key-map.ts';
import { openConsole } from './open-console.ts';
import { openOutput, sendAction } from './send-action.ts';
import { describeLeftOut, divideTargets, nodesFor, type Targets } from './targets.ts';

/** Does what a command does to the nodes that it is meant for, or says why it can't. */
export const actOnNodes = (context: KeyContext, command: NodeCommand): void => {
  const { actions, model } = context;
  const wanted = nodesFor(model, command).flatMap(
    (name) => model.fleet.getState().nodes.get(name) ?? [],
  );
  const [first] = wanted;
  if (first === undefined) {
    tell(context, 'warning', 'There is no node to act on yet');
    return;
  }
  if (actions === undefined && !worksInRecordings.has(command)) {
    tell(context, 'warning', `This is a recording: ${command} needs a fleet`);
    return;
  }
  const targets = divideTargets(context, command, wanted);
  const [refused] = targets.leftOut;
  if (targets.nodes.length > 0) {
    act(context, command, targets);
  } else if (refused !== undefined) {
    const others = wanted.length > 1 ? ` (and ${wanted.length - 1} others)` : '';
    tell(context, 'warning', `${refused.nodes[0]} is ${refused.reason}${others}`);
  }
};

/** What needs nothing but what is known. */
const worksInRecordings: ReadonlySet<NodeCommand> = new Set(['cause', 'copy']);

const act = (context: KeyContext, command: NodeCommand, targets: Targets): void => {
  const { view } = context.model;
  const [node] = targets.nodes;
  if (node === undefined) return;
  switch (command) {
    case 'cause':
      view.dispatch({ type: 'open', overlay: { type: 'cause', node: node.name } });
      return;
    case 'configure':
    case 'push':
    case 'retry':
      if (targets.nodes.length + targets.leftOut.length === 1) {
        sendAction(context, command, [node]);
      } else {
        confirmAction(context, command, targets);
      }
      return;
    case 'terminate':
    case 'replace':
      confirmAction(context, command, targets);
      return;
    case 'rollout':
      askForRollout(context, targets);
      return;
    case 'exec':
      askForCommand(context, targets);
      return;
    case 'doctor':
      examine(context, targets);
      return;
    case 'logs':
    case 'merged-logs':
      askWhichLog(context, targets.nodes);
      return;
    case 'copy':
      askWhatToCopy(context, targets.nodes);
      return;
    case 'console':
      openConsole(context, targets.nodes);
      return;
    case 'ssh':
      openShell(context, targets.nodes);
      return;
    default:
      command satisfies never;
  }
};

/** Looks at nodes: what is found at one of them stands on its page, at many in the output. */
const examine = (context: KeyContext, { nodes, leftOut }: Targets): void => {
  const { actions, model } = context;
  const [node] = nodes;
  if (actions === undefined || node === undefined) return;
  const id = actions.doctor(nodes.map(({ name }) => name));
  if (nodes.length > 1) {
    openOutput(context, id);
    if (leftOut.length > 0) tell(context, 'warning', describeLeftOut(leftOut));
    return;
  }
  const top = model.view.getState().screens.at(-1);
  if (top?.type !== 'node') openNode(context, node.name);
  tell(context, 'good', `Looking at ${node.name}: its checks stand on this page`);
};

const openShell = (context: KeyContext, nodes: readonly NodeState[]): void => {
  const { actions, model } = context;
  const [node] = nodes;
  if (node === undefined) return;
  if (nodes.length > 1) {
    tell(
      context,
      'warning',
      'A shell is for one node: Esc ends the selection, x runs a command on all',
    );
    return;
  }
  const ssh = actions?.sshCommand(node.name);
  if (ssh === undefined) {
    tell(context, 'warning', `${node.name} can't be reached by SSH yet`);
    return;
  }
  const failed = (error: unknown): Feedback => ({
    tone: 'bad',
    text: `ssh to ${node.name} did not start: ${String(error)}`,
  });
  void context
    .openShell(node, ssh)
    .catch(failed)
    .then((feedback) => model.view.dispatch({ type: 'tell', feedback }));
};
