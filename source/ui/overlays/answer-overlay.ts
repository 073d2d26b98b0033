import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { type Overlay, screenName } from '../view-state.ts';
import { answerCause } from './answer-cause.ts';
import { answerQuestion } from './answer-question.ts';
import { choose } from './choose.ts';

/** What a key does while something lies over the screen. */
export const answerOverlay = (
  context: KeyContext,
  overlay: Overlay,
  key: string,
  size: ScreenSize,
): void => {
  const { leave, model } = context;
  const close = () => model.view.dispatch({ type: 'close' });
  switch (overlay.type) {
    case 'help':
    case 'notices':
    case 'cause':
    case 'links': {
      const command = model.keys.commandOf(key, screenName(model.view.getState()));
      const offset = scroll(overlay.offset ?? 0, command, size);
      if (offset !== undefined) {
        model.view.dispatch({ type: 'scroll-overlay', offset });
        return;
      }
      if (overlay.type === 'cause' && answerCause(context, overlay.node, command)) return;
      const closes = key === 'escape' || key === 'q' || key === 'enter';
      if (closes || command === openedBy(overlay.type)) close();
      return;
    }
    case 'confirm':
      answerQuestion(context, overlay, key);
      return;
    case 'choose':
      choose(context, overlay, key, size);
      return;
    case 'leave':
      if (key === 'q' || key === 'y') leave({ type: 'quit' });
      else if (key === 'n' || key === 'escape') close();
      return;
    default:
      overlay satisfies never;
  }
};

/** The command that opens an overlay closes it again. */
const openedBy = (type: 'help' | 'notices' | 'cause' | 'links'): Command =>
  type === 'links' ? 'console' : type;

/**
 * Where a command scrolls to, in lines from the top; undefined for commands that do not scroll. The
 * popup itself knows how long it is and goes no further than its end.
 */
const scroll = (
  offset: number,
  command: Command | undefined,
  { pageSize }: ScreenSize,
): number | undefined => {
  switch (command) {
    case 'up':
      return Math.max(0, offset - 1);
    case 'down':
      return offset + 1;
    case 'page-up':
      return Math.max(0, offset - pageSize);
    case 'page-down':
      return offset + pageSize;
    case 'first':
      return 0;
    case 'last':
      return Number.MAX_SAFE_INTEGER;
    default:
      return undefined;
  }
};
