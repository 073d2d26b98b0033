import type { Rollout } from '../../fleet/actions.ts';
import type { NodeState } from '../../fleet/state.ts';
import { clearMarks } from '../fleet-screen/mark-nodes.ts';
import { createOutcomeReader } from '../output-screen/outcome-entries.ts';
import { type KeyContext, tell } from './key-context.ts';
import { labelOfCommand } from './label-of-command.ts';
import { describeNodes } from './targets.ts';

/** The actions that are sent to nodes without more being said. */
export type SentAction = 'configure' | 'push' | 'retry' | 'terminate' | 'replace';

/**
 * Sends an action to nodes and says so. What was selected stays selected for what comes next,
 * unless the action ends those nodes: the next key must not meet their successors.
 */
export const sendAction = (
  context: KeyContext,
  action: SentAction,
  targets: readonly NodeState[],
): void => {
  if (context.actions === undefined) return;
  const nodes = targets.map(({ name }) => name);
  // A question may stand for long: what it showed is what was agreed to.
  const shown = new Map(targets.map(({ instanceId, name }) => [name, instanceId]));
  if (action === 'terminate' || action === 'replace') context.actions[action](nodes, shown);
  else context.actions[action](nodes);
  if (action === 'terminate' || action === 'replace') endSelection(context);
  tell(
    context,
    'good',
    nodes.length === 1
      ? `${action} sent to ${describeNodes(nodes)}`
      : `${action} of ${describeNodes(nodes)}: ${labelOfCommand(context, 'actions')} shows how far it is`,
  );
};

/** Pushes in stages, and shows how that goes. */
export const sendRollout = (
  context: KeyContext,
  nodes: readonly string[],
  rollout: Rollout,
): void => {
  if (context.actions !== undefined) openOutput(context, context.actions.push(nodes, rollout));
};

/** Shows what becomes of an action. */
export const openOutput = ({ model }: KeyContext, action: number): void =>
  model.view.dispatch({
    type: 'show',
    screen: {
      type: 'output',
      action,
      read: createOutcomeReader(),
      expanded: new Set(),
      picked: new Set(),
    },
  });

const endSelection = ({ model: { view } }: KeyContext): void =>
  view.dispatch({ type: 'change-fleet', fleet: clearMarks(view.getState().fleet) });
