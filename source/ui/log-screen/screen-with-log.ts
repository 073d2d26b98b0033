import type { KeyContext } from '../keys/key-context.ts';
import type { Screen } from '../view-state.ts';
import type { LogView } from './log-view.ts';

/** The screens that show lines of a log. */
export type ScreenWithLog = Extract<Screen, { readonly log: LogView }>;

/** The screen as it is now, if it still is the visible one. */
export const currentScreen = (
  { model: { view } }: KeyContext,
  { feed }: Pick<ScreenWithLog, 'feed'>,
): ScreenWithLog | undefined => {
  const top = view.getState().screens.at(-1);
  return top !== undefined && 'log' in top && top.feed === feed ? top : undefined;
};

/** Changes what is shown of a log, if it still is what is visible. */
export const changeLog = (
  context: KeyContext,
  screen: Pick<ScreenWithLog, 'feed'>,
  log: LogView,
): void => {
  const current = currentScreen(context, screen);
  if (current === undefined || current.log === log) return;
  context.model.view.dispatch({ type: 'change-screen', screen: { ...current, log } });
};
