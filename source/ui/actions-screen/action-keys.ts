import { cancelAction } from '../keys/cancel-action.ts';
import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { openOutput } from '../keys/send-action.ts';
import type { Screen } from '../view-state.ts';
import { actionIndex, newestFirst } from './action-list.ts';

type ActionsScreen = Extract<Screen, { type: 'actions' }>;

/** What keys do on this screen; false for commands that mean the same everywhere. */
export const actionKeys = (
  context: KeyContext,
  screen: ActionsScreen,
  command: Command,
  { pageSize }: ScreenSize,
): boolean => {
  const { fleet, view } = context.model;
  const actions = newestFirst(fleet.getState());
  const index = actionIndex(actions, screen.selected);
  const current = actions[index];
  const moveTo = (target: number): true => {
    const selected = actions[Math.max(0, Math.min(actions.length - 1, target))]?.id;
    if (selected !== undefined) {
      view.dispatch({ type: 'change-screen', screen: { ...screen, selected } });
    }
    return true;
  };
  switch (command) {
    case 'up':
      return moveTo(index - 1);
    case 'down':
      return moveTo(index + 1);
    case 'page-up':
      return moveTo(index - pageSize);
    case 'page-down':
      return moveTo(index + pageSize);
    case 'first':
      return moveTo(0);
    case 'last':
      return moveTo(actions.length - 1);
    case 'open':
      if (current !== undefined) {
        // Whoever comes back is where they were, whatever is asked for meanwhile.
        moveTo(index);
        openOutput(context, current.id);
      }
      return true;
    case 'cancel':
      cancelAction(context, current);
      return true;
    default:
      return false;
  }
};
