import { type KeyContext, tell } from '../keys/key-context.ts';
import { lineOf } from '../prompt/line-edit.ts';
import { createLogReader, type LogReading } from './log-reader.ts';
import type { LogSize } from './log-room.ts';
import type { LogView } from './log-view.ts';
import { layOutWindow, showMatch } from './log-window.ts';
import { changeLog, currentScreen, type ScreenWithLog } from './screen-with-log.ts';

/** Searches that are kept for the arrow keys. */
const mostSearches = 20;

/** Asks what to search for. What has it is shown while one types; then the view goes to a match. */
export const askForSearch = (context: KeyContext, screen: ScreenWithLog, size: LogSize): void => {
  const before = screen.log;
  const change = (update: (view: LogView) => LogView) => {
    const current = currentScreen(context, screen);
    if (current !== undefined) changeLog(context, screen, update(current.log));
  };
  context.model.view.dispatch({
    type: 'ask',
    prompt: {
      label: 'search',
      edit: lineOf(''),
      earlier: before.searches,
      change: (text) => change((view) => ({ ...withoutSearch(view), search: text })),
      submit(text) {
        change((view) => {
          if (text === '') return withoutSearch(view);
          const searches = [text, ...view.searches.filter((each) => each !== text)];
          return { ...view, search: text, searches: searches.slice(0, mostSearches) };
        });
        const current = currentScreen(context, screen);
        // What was said about the search before is over.
        const { feedback } = context.model.view.getState();
        if (feedback !== undefined) context.model.view.dispatch({ type: 'forget', feedback });
        if (text !== '' && current !== undefined) goToNearest(context, current, size);
        return undefined;
      },
      cancel: () =>
        change((view) => ({
          ...withoutSearch(view),
          search: before.search,
          ...(before.match === undefined ? {} : { match: before.match }),
        })),
    },
  });
};

/** Goes to the next match, or to the one before; after the last one to the first. */
export const goToMatch = (
  context: KeyContext,
  screen: ScreenWithLog,
  size: LogSize,
  direction: 1 | -1,
): void => {
  const { log: view } = screen;
  if (view.search === '') {
    tell(context, 'warning', 'Nothing is searched for: / asks what');
    return;
  }
  if (view.match === undefined) {
    goToNearest(context, screen, size);
    return;
  }
  const reading = createLogReader()(screen.feed.getState(), view);
  const { matches } = reading;
  const place = matches.indexOf(view.match);
  const isThere = matches.at(place) === view.match;
  const next = direction === 1 ? place + (isThere ? 1 : 0) : place - 1;
  const isBeyond = next < 0 || next >= matches.count;
  const target = isBeyond ? (direction === 1 ? 0 : matches.count - 1) : next;
  if (isBeyond && matches.count > 0) {
    const [end, start] = direction === 1 ? ['end', 'beginning'] : ['beginning', 'end'];
    tell(context, 'good', `The ${end} is reached: the search went on at the ${start}`);
  }
  show(context, screen, size, reading, target);
};

/** The view with nothing searched for. */
export const withoutSearch = ({ match: _match, ...view }: LogView): LogView => ({
  ...view,
  search: '',
});

/** The newest match where the newest lines are followed, else the first one from the top on. */
const goToNearest = (context: KeyContext, screen: ScreenWithLog, size: LogSize): void => {
  const { log: view } = screen;
  const reading = createLogReader()(screen.feed.getState(), view);
  const { matches } = reading;
  const [top] = layOutWindow(reading, view, size).rows;
  const below = matches.indexOf(top?.number ?? 0);
  const last = matches.count - 1;
  show(context, screen, size, reading, view.isFollowing ? last : Math.min(below, last));
};

const show = (
  context: KeyContext,
  screen: ScreenWithLog,
  size: LogSize,
  reading: LogReading,
  match: number,
): void => {
  const number = reading.matches.at(match);
  if (number === undefined) {
    const where = screen.log.source === undefined ? 'No line' : `No line of ${screen.log.source}`;
    tell(context, 'warning', `${where} has "${screen.log.search}" so far`);
    return;
  }
  changeLog(context, screen, showMatch(reading, screen.log, size, number));
};
