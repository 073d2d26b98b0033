import { describeNodes, perform } from '../keys/act-on-nodes.ts';
import { type KeyContext, type ScreenSize, tell } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { type Overlay, screenName } from '../view-state.ts';
import { answerCause } from './answer-cause.ts';

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
    case 'cause': {
      const command = model.keys.commandOf(key, screenName(model.view.getState()));
      const offset = scroll(overlay.offset ?? 0, command, size);
      if (offset !== undefined) {
        model.view.dispatch({ type: 'scroll-overlay', offset });
        return;
      }
      if (overlay.type === 'cause' && answerCause(context, overlay.node, command)) return;
      const closes = key === 'escape' || key === 'q' || key === 'enter';
      if (closes || command === overlay.type) close();
      return;
    }
    case 'confirm':
      if (key === 'y') {
        close();
        perform(context, overlay.action, overlay.nodes);
      } else if (key === 'n' || key === 'escape' || key === 'q' || key === 'enter') {
        close();
        const { nodes } = overlay;
        tell(context, 'good', `${describeNodes(nodes)} ${nodes.length === 1 ? 'stays' : 'stay'}`);
      }
      return;
    case 'choose':
      if (key === 'escape' || key === 'q') close();
      return;
    case 'leave':
      if (key === 'q' || key === 'y') leave({ type: 'quit' });
      else if (key === 'n' || key === 'escape') close();
      return;
    default:
      overlay satisfies never;
  }
};

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
    default:
      return undefined;
  }
};
