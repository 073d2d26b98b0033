/** What a person did to lines of a log. */
export type LogView = {
  /** Whether the newest lines are shown as they come. */
  readonly isFollowing: boolean;
  /** Number, in the whole log since its beginning, of the first visible line; without `isFollowing`. */
  readonly top: number;
  /** Rows of the first visible line that were scrolled past, where it is wrapped. */
  readonly row: number;
  /** Number that the next line had when the view was paused: lines from there on are new. */
  readonly seen: number;
  readonly isWrapped: boolean;
  /** Columns of the text that were scrolled past, where it is not wrapped. */
  readonly shift: number;
  readonly hasTimestamps: boolean;
  /** Only lines of this source; all without it. */
  readonly source?: string;
  /** What is searched for; empty for nothing. */
  readonly search: string;
  /** Number of the line with the match that was gone to last. */
  readonly match?: number;
  /** What was searched for before, newest first. */
  readonly searches: readonly string[];
};

export const initialLogView: LogView = {
  isFollowing: true,
  top: 0,
  row: 0,
  seen: 0,
  isWrapped: false,
  shift: 0,
  hasTimestamps: true,
  search: '',
  searches: [],
};
