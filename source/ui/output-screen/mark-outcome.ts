import { type KeyContext, tell } from '../keys/key-context.ts';
import { describeNodes } from '../keys/targets.ts';
import type { OutcomeEntry } from './outcome-entries.ts';

/** Selects the nodes of an entry on the table, beside what is selected there; or no longer. */
export const markNodes = (context: KeyContext, { nodes }: OutcomeEntry): void => {
  const { actions, model } = context;
  const { fleet, view } = model;
  if (actions === undefined) {
    tell(context, 'warning', 'This is a recording: nothing can be done to a selection');
    return;
  }
  const table = view.getState().fleet;
  const there = nodes.filter((name) => fleet.getState().nodes.has(name));
  if (there.length === 0) {
    tell(context, 'warning', 'None of these nodes is there any longer');
    return;
  }
  const areMarked = there.every((name) => table.marked.has(name));
  const own = new Set(there);
  const marked = areMarked
    ? new Set([...table.marked].filter((name) => !own.has(name)))
    : new Set([...table.marked, ...there]);
  view.dispatch({ type: 'change-fleet', fleet: { ...table, marked } });
  const change = `${describeNodes(there)} ${areMarked ? 'no longer selected' : 'selected'}`;
  tell(context, 'good', `${change}, ${marked.size} in all: Esc goes back to them`);
};
