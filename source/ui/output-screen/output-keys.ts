import { cancelAction } from '../keys/cancel-action.ts';
import { type KeyContext, type ScreenSize, tell } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import type { Screen } from '../view-state.ts';
import { askForOutputExport } from './export-output.ts';
import { findAction, layOutOutput } from './lay-out-output.ts';
import { countRows, currentBlock, type OutcomePlace, placeFrom } from './outcome-layout.ts';
import { pickOutcome } from './pick-outcome.ts';

type OutputScreen = Extract<Screen, { type: 'output' }>;

/** What keys do on this screen; false for commands that mean the same everywhere. */
export const outputKeys = (
  context: KeyContext,
  screen: OutputScreen,
  command: Command,
  { columns, pageSize }: ScreenSize,
): boolean => {
  const { fleet, theme, view } = context.model;
  const action = findAction(fleet.getState(), screen);
  if (command === 'cancel') {
    cancelAction(context, action);
    return true;
  }
  if (action === undefined) return false;
  const size = { width: columns, height: pageSize, ellipsis: theme.glyphs.ellipsis };
  const { blocks, height } = layOutOutput(screen, action, size);
  const current = currentBlock(blocks, screen.cursor);
  const change = (changes: Partial<Pick<OutputScreen, 'cursor' | 'expanded'>>): true => {
    view.dispatch({ type: 'change-screen', screen: { ...screen, ...changes } });
    return true;
  };
  const moveTo = (cursor: OutcomePlace | undefined): true =>
    cursor === undefined ? true : change({ cursor });

  switch (command) {
    case 'up':
      return moveTo(placeFrom(blocks, screen.cursor, -1));
    case 'down':
      return moveTo(placeFrom(blocks, screen.cursor, 1));
    case 'page-up':
      return moveTo(placeFrom(blocks, screen.cursor, -height));
    case 'page-down':
      return moveTo(placeFrom(blocks, screen.cursor, height));
    case 'first':
      return moveTo(placeFrom(blocks, screen.cursor, -countRows(blocks)));
    case 'last':
      return moveTo(placeFrom(blocks, screen.cursor, countRows(blocks)));
    case 'open': {
      if (current === undefined) return true;
      const { key } = current.block.entry;
      const expanded = new Set(screen.expanded);
      if (!expanded.delete(key)) expanded.add(key);
      const opened = layOutOutput({ ...screen, expanded }, action, size).blocks;
      if (
        expanded.has(key) &&
        currentBlock(opened, { entry: key, line: 0 })?.block.body.length === 0
      ) {
        tell(context, 'warning', 'That is all there is');
        return true;
      }
      return change({ expanded, cursor: { entry: key, line: 0 } });
    }
    case 'mark':
      if (current !== undefined) {
        pickOutcome(context, screen, screen.read(action), current.block.entry);
      }
      return true;
    case 'export':
      askForOutputExport(context, screen, action);
      return true;
    default:
      return false;
  }
};
