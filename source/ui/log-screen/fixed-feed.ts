import type { NodeLogLine } from '../../fleet/actions.ts';
import { createStore } from '../store.ts';
import type { LogFeed, LogFeedState } from './log-feed.ts';

/** Lines that are read once and never become more. */
export const createFixedFeed = (read: () => Promise<readonly NodeLogLine[]>): LogFeed => {
  const store = createStore<LogFeedState, LogFeedState>(
    { lines: [], dropped: 0, problems: [], isLive: true },
    (_before, after) => after,
  );
  const settle = (state: Pick<LogFeedState, 'lines' | 'problems'>) =>
    store.dispatch({ ...state, dropped: 0, isLive: false });
  read().then(
    (lines) => settle({ lines, problems: [] }),
    (error: unknown) =>
      settle({ lines: [], problems: [error instanceof Error ? error.message : String(error)] }),
  );
  return { ...store, close: () => undefined };
};
