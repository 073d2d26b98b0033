import type { ActionState, FleetState } from '../../fleet/state.ts';

/** All that was asked for, newest first. */
export const newestFirst = ({ actions }: Pick<FleetState, 'actions'>): readonly ActionState[] =>
  actions.toReversed();

/** Index of the action under the cursor: the newest where none was chosen, or it is no more. */
export const actionIndex = (
  actions: readonly ActionState[],
  selected: number | undefined,
): number =>
  Math.max(
    0,
    actions.findIndex(({ id }) => id === selected),
  );
