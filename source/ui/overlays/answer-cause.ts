import { actOnNodes } from '../keys/act-on-nodes.ts';
import { type KeyContext, tell } from '../keys/key-context.ts';
import type { Command, NodeCommand } from '../keys/key-map.ts';
import { targetNodes } from '../keys/targets.ts';

/** Does to a node what the popup about its trouble tells to try; false for other commands. */
export const answerCause = (
  context: KeyContext,
  node: string,
  command: Command | undefined,
): boolean => {
  if (command === undefined || !isRemedy(command)) return false;
  context.model.view.dispatch({ type: 'close' });
  const targets = targetNodes(context.model);
  // What is read about one node must not happen to those that are selected elsewhere.
  if (targets.length === 1 && targets[0] === node) actOnNodes(context, command);
  else
    tell(
      context,
      'warning',
      `${targets.length} nodes are selected: Esc ends that, then ${command}`,
    );
  return true;
};

const isRemedy = (command: Command): command is NodeCommand => {
  switch (command) {
    case 'ssh':
    case 'exec':
    case 'configure':
    case 'push':
    case 'retry':
    case 'doctor':
    case 'logs':
    case 'terminate':
    case 'replace':
    case 'copy':
    case 'console':
      return true;
    default:
      return false;
  }
};
