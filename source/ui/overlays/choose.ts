import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { type Overlay, screenName } from '../view-state.ts';

type ChooseOverlay = Extract<Overlay, { type: 'choose' }>;

/** What a key does while one of several things is to be chosen: the options' own keys come first. */
export const choose = (
  { model: { keys, view } }: KeyContext,
  overlay: ChooseOverlay,
  key: string,
  { pageSize }: ScreenSize,
): void => {
  const { choice, cursor } = overlay;
  const { options } = choice;
  const own = options.find((option) => option.key === key);
  const chosen = own ?? (key === 'enter' ? options[cursor] : undefined);
  if (chosen !== undefined) {
    view.dispatch({ type: 'close' });
    choice.choose(chosen);
    return;
  }
  if (key === 'escape' || key === 'q') {
    view.dispatch({ type: 'close' });
    return;
  }
  const step = stepOf(keys.commandOf(key, screenName(view.getState())), pageSize);
  if (step === undefined) return;
  const target = Math.max(0, Math.min(options.length - 1, cursor + step));
  view.dispatch({ type: 'open', overlay: { ...overlay, cursor: target } });
};

/** How many options a command goes down; undefined for one that does not move. */
const stepOf = (command: Command | undefined, pageSize: number): number | undefined => {
  switch (command) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'page-up':
      return -pageSize;
    case 'page-down':
      return pageSize;
    case 'first':
      return Number.NEGATIVE_INFINITY;
    case 'last':
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
};
