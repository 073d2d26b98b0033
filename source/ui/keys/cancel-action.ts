import type { ActionState } from '../../fleet/state.ts';
import { ask } from './confirm-action.ts';
import { type KeyContext, tell } from './key-context.ts';
import { describeNodes } from './targets.ts';

/** Cancels an action, or says why that can't be; asks first where half of it would be left. */
export const cancelAction = (context: KeyContext, action: ActionState | undefined): void => {
  const { actions } = context;
  if (action === undefined) {
    tell(context, 'warning', 'There is no action to cancel');
    return;
  }
  const name = `${action.action} of ${describeNodes(action.nodes)}`;
  if (action.state !== 'started') {
    tell(context, 'warning', `The ${name} is over`);
    return;
  }
  if (actions === undefined) {
    tell(context, 'warning', 'This is a recording: cancel needs a fleet');
    return;
  }
  const cancel = () => {
    actions.cancel(action.id);
    tell(context, 'good', `Cancelling the ${name}`);
  };
  if (!endsInstances(action)) {
    cancel();
    return;
  }
  const isReplacement = action.action === 'replace';
  ask(context, {
    title: `Cancel the ${name}?`,
    nodes: action.nodes,
    leftOut: [],
    effects: [
      `Nodes that it has not begun with are left alone. What EC2 was asked for already is not taken back${isReplacement ? ': nodes that were terminated may stay without a new instance' : ''}.`,
    ],
    verb: 'cancel',
    isDestructive: true,
    confirm: cancel,
    declined: `The ${name} goes on`,
  });
};

const endsInstances = ({ action }: ActionState): boolean =>
  action === 'terminate' || action === 'replace';
