import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import type { Screen } from '../view-state.ts';
import { operateLog } from './operate-log.ts';

/** What keys do on this screen; false for commands that mean the same everywhere. */
export const logKeys = (
  context: KeyContext,
  screen: Extract<Screen, { type: 'log' }>,
  command: Command,
  { columns, pageSize }: ScreenSize,
): boolean =>
  operateLog(context, {
    screen,
    command,
    size: { width: columns, height: pageSize },
    name: screen.nodes.length === 1 ? (screen.nodes[0] ?? 'log') : screen.title,
  });
