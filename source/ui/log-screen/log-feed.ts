import type { NodeLogLine } from '../../fleet/actions.ts';
import type { ReadableStore } from '../store.ts';

/** Lines of a log as they are now. */
export type LogFeedState = {
  /** Oldest first. */
  readonly lines: readonly NodeLogLine[];
  /** Lines before the first one that were dropped, because there were too many. */
  readonly dropped: number;
  /** What keeps it from going on, if anything does. */
  readonly problems: readonly string[];
  /** Whether more can come. */
  readonly isLive: boolean;
};

/** Where a log screen gets its lines. */
export interface LogFeed extends ReadableStore<LogFeedState> {
  /** Ends what brings the lines. */
  close(): void;
}
