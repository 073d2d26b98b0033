import type { ActionState, FleetState } from '../../fleet/state.ts';
import type { Screen } from '../view-state.ts';
import { isGrouped } from './outcome-entries.ts';
import { layOutOutcome, type OutcomeBlock } from './outcome-layout.ts';

type OutputScreen = Extract<Screen, { type: 'output' }>;

/** Rows above the list: those of the header, and the line between them. */
const rowsAbove = 4;

/** The action that a screen is about; undefined for as long as nothing was heard of it. */
export const findAction = (
  { actions }: FleetState,
  { action: id }: Pick<OutputScreen, 'action'>,
): ActionState | undefined => actions.find((action) => action.id === id);

/**
 * The list below the header of an output screen.
 *
 * @param size of the screen, in terminal columns and rows
 * @returns its rows, and how many of them the screen has room for
 */
export const layOutOutput = (
  { expanded, read }: OutputScreen,
  action: ActionState,
  size: { readonly width: number; readonly height: number; readonly ellipsis: string },
): { readonly blocks: readonly OutcomeBlock[]; readonly height: number } => {
  const height = Math.max(1, size.height - rowsAbove);
  const blocks = layOutOutcome({
    ...size,
    height,
    entries: read(action),
    expanded,
    hasPreview: isGrouped(action),
  });
  return { blocks, height };
};
