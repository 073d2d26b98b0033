import type { Key } from 'ink';

/**
 * Characters that arrive together when someone types fast or the line is slow. More than this at
 * once was pasted, into a terminal that does not tell a paste from typing.
 */
const mostTypedAtOnce = 8;

/**
 * The names that the key map uses for what was pressed, in order; empty for what it never has.
 *
 * @param isTyping whether text is asked for: then any number of characters is what was typed.
 */
export const keyNames = (input: string, key: Key, isTyping = false): readonly string[] => {
  if (key.eventType === 'release' || key.meta) return [];
  if (key.upArrow) return ['up'];
  if (key.downArrow) return ['down'];
  if (key.pageUp) return ['page-up'];
  if (key.pageDown) return ['page-down'];
  if (key.home) return ['home'];
  if (key.end) return ['end'];
  if (key.return) return ['enter'];
  if (key.leftArrow) return ['left'];
  if (key.rightArrow) return ['right'];
  if (key.backspace) return ['backspace'];
  if (key.delete) return ['delete'];
  if (key.tab) return ['tab'];
  if (key.escape) return ['escape'];
  if (key.ctrl) return input.length === 1 ? [`ctrl-${input}`] : [];
  if (input.length > mostTypedAtOnce && !isTyping) return [];
  return [...input].map((character) => (character === '\r' ? 'enter' : character));
};
