import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import type { Screen } from '../view-state.ts';

/** What keys do on this screen; false for commands that mean the same everywhere. */
export const actionKeys = (
  _context: KeyContext,
  _screen: Extract<Screen, { type: 'actions' }>,
  _command: Command,
  _size: ScreenSize,
): boolean => false;
