import type { FleetState } from '../../fleet/state.ts';
import { lineOf } from '../prompt/line-edit.ts';
import { type KeyContext, tell } from './key-context.ts';
import { openOutput } from './send-action.ts';
import { describeLeftOut, describeNodes, type Targets } from './targets.ts';

/** Asks for a command line, runs it on nodes, and shows what it comes to. */
export const askForCommand = (context: KeyContext, { leftOut, nodes }: Targets): void => {
  const { actions, model } = context;
  if (actions === undefined) return;
  const names = nodes.map(({ name }) => name);
  const others = leftOut.reduce((sum, group) => sum + group.nodes.length, 0);
  const whom =
    others === 0 ? describeNodes(names) : `${nodes.length} of ${nodes.length + others} nodes`;
  model.view.dispatch({
    type: 'ask',
    prompt: {
      label: `Run on ${whom}:`,
      edit: lineOf(''),
      earlier: earlierCommands(model.fleet.getState()),
      submit(text) {
        const command = text.trim();
        if (command === '') return 'no command was typed';
        openOutput(context, actions.exec(names, command));
        if (others > 0) tell(context, 'warning', describeLeftOut(leftOut));
        return undefined;
      },
    },
  });
};

/** Command lines that were run before, each once, newest first. */
const earlierCommands = ({ actions }: FleetState): string[] => [
  ...new Set(
    actions.toReversed().flatMap(({ action, detail }) => (action === 'exec' ? (detail ?? []) : [])),
  ),
];
