import { clearMarks } from '../fleet-screen/mark-nodes.ts';
import { type KeyContext, tell } from '../keys/key-context.ts';
import { describeNodes } from '../keys/targets.ts';
import type { Screen } from '../view-state.ts';
import type { OutcomeEntry } from './outcome-entries.ts';

type OutputScreen = Extract<Screen, { type: 'output' }>;

/**
 * Picks an entry, or no longer: the nodes of all that are picked are what is selected on the table,
 * in place of what was selected there. Whoever ran a command on a hundred nodes goes on with the
 * three that failed.
 */
export const pickOutcome = (
  context: KeyContext,
  screen: OutputScreen,
  entries: readonly OutcomeEntry[],
  { key }: OutcomeEntry,
): void => {
  const { actions, model } = context;
  const { fleet, view } = model;
  if (actions === undefined) {
    tell(context, 'warning', 'This is a recording: nothing can be done to a selection');
    return;
  }
  const picked = new Set(screen.picked);
  if (!picked.delete(key)) picked.add(key);
  const { nodes } = fleet.getState();
  const marked = entries
    .filter((entry) => picked.has(entry.key))
    .flatMap((entry) => entry.nodes)
    .filter((name) => nodes.has(name));
  view.dispatch({ type: 'change-screen', screen: { ...screen, picked } });
  view.dispatch({
    type: 'change-fleet',
    fleet: { ...clearMarks(view.getState().fleet), marked: new Set(marked) },
  });
  tell(
    context,
    'good',
    marked.length === 0
      ? 'No node is selected any longer'
      : `${describeNodes(marked)} selected: Esc goes back to ${marked.length === 1 ? 'it' : 'them'}`,
  );
};
