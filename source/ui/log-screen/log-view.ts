/** What a person did to lines of a log. */
export type LogView = {
  /** Whether the newest lines are shown as they come. */
  readonly isFollowing: boolean;
  /** Index, in the whole log since its beginning, of the first visible line; without `isFollowing`. */
  readonly top: number;
  readonly isWrapped: boolean;
  readonly hasTimestamps: boolean;
  /** Only lines of this source; all without it. */
  readonly source?: string;
  /** What is searched for; empty for nothing. */
  readonly search: string;
};

export const initialLogView: LogView = {
  isFollowing: true,
  top: 0,
  isWrapped: false,
  hasTimestamps: true,
  search: '',
};
