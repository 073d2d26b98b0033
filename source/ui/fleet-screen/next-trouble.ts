import { type KeyContext, tell } from '../keys/key-context.ts';
import { needsAttention } from './needs-attention.ts';

/**
 * Puts the cursor on the next node that needs attention, or the one before with -1; goes round at
 * the ends, and says so where there is none, and where the filter hides some.
 */
export const goToTrouble = (
  context: KeyContext,
  {
    cursor,
    select,
    step,
  }: {
    /** Name of the node under the cursor. */
    readonly cursor: string | undefined;
    readonly select: (name: string) => void;
    readonly step: 1 | -1;
  },
): void => {
  const { fleet, order, view } = context.model;
  const state = fleet.getState();
  const rows = order.rows(state, view.getState().fleet);
  const isTroubled = (name: string) => needsAttention(state.nodes.get(name));
  const troubled = rows.filter(isTroubled);
  const hidden = order.byName(state).filter(isTroubled).length - troubled.length;
  if (troubled.length === 0) {
    const text =
      hidden === 0
        ? 'No node needs attention'
        : `${hidden} that ${needs(hidden)} attention ${are(hidden)} hidden by the filter`;
    tell(context, hidden === 0 ? 'good' : 'warning', text);
    return;
  }
  const index = rows.indexOf(cursor ?? '');
  const ahead = (name: string) => (rows.indexOf(name) - index) * step > 0;
  const inOrder = step > 0 ? troubled : troubled.toReversed();
  const next = inOrder.find(ahead);
  const target = next ?? inOrder[0];
  if (target !== undefined) select(target);
  if (hidden > 0) tell(context, 'warning', `${hidden} more ${are(hidden)} hidden by the filter`);
  else if (target === cursor) tell(context, 'good', `${target} is the only one`);
  else if (next === undefined && cursor !== undefined && isTroubled(cursor))
    tell(context, 'good', `On from the ${step > 0 ? 'top' : 'end'}`);
};

const are = (count: number): string => (count === 1 ? 'is' : 'are');

const needs = (count: number): string => (count === 1 ? 'needs' : 'need');
