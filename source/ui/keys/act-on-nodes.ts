import type { NodeState } from '../../fleet/state.ts';
import type { ConfirmedAction, Feedback } from '../view-state.ts';
import { type KeyContext, tell } from './key-context.ts';
import type { NodeCommand } from './key-map.ts';
import { refusal } from './refusal.ts';
import { targetNodes } from './targets.ts';

/** Does what a command does to the nodes that it is meant for, or says why it can't. */
export const actOnNodes = (context: KeyContext, command: NodeCommand): void => {
  const { actions, isDriven, model } = context;
  const targets = targetNodes(model).flatMap(
    (name) => model.fleet.getState().nodes.get(name) ?? [],
  );
  const [first] = targets;
  if (first === undefined) {
    tell(context, 'warning', 'There is no node to act on yet');
    return;
  }
  if (command === 'cause') {
    model.view.dispatch({ type: 'open', overlay: { type: 'cause', node: first.name } });
    return;
  }
  if (actions === undefined) {
    tell(context, 'warning', `This is a recording: ${command} needs a fleet`);
    return;
  }
  const reasons = targets.map((node) =>
    refusal(command, node, isDriven(node.name), model.commandLine),
  );
  const nodes = targets.filter((_node, index) => reasons[index] === undefined);
  if (nodes.length === 0) {
    const others = targets.length > 1 ? ` (and ${targets.length - 1} others)` : '';
    tell(context, 'warning', `${reasons[0]}${others}`);
    return;
  }
  act(context, command, nodes);
};

const act = (context: KeyContext, command: NodeCommand, nodes: readonly NodeState[]): void => {
  switch (command) {
    case 'configure':
    case 'push':
    case 'retry':
      if (nodes.length === 1) perform(context, command, namesOf(nodes));
      else confirm(context, command, nodes);
      return;
    case 'terminate':
    case 'replace':
      confirm(context, command, nodes);
      return;
    case 'ssh':
      openShell(context, nodes);
      return;
    default:
      return;
  }
};

const confirm = (
  { model }: KeyContext,
  action: ConfirmedAction,
  nodes: readonly NodeState[],
): void =>
  model.view.dispatch({
    type: 'open',
    overlay: { type: 'confirm', action, nodes: namesOf(nodes) },
  });

/** Does what was confirmed, or what needs no confirmation. */
export const perform = (
  context: KeyContext,
  action: ConfirmedAction,
  nodes: readonly string[],
): void => {
  context.actions?.[action](nodes);
  tell(context, 'good', `${action} sent to ${describeNodes(nodes)}`);
};

/** One node by its name, more of them by their number. */
export const describeNodes = (nodes: readonly string[]): string =>
  nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length} nodes`;

const namesOf = (nodes: readonly NodeState[]): string[] => nodes.map(({ name }) => name);

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
