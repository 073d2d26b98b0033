import type { LogFeedState } from './log-feed.ts';

/** The room for lines, in terminal columns and rows. */
export type LogSize = { readonly width: number; readonly height: number };

const mostProblems = 3;

/** Rows that a viewer of so many rows gives to what keeps its feed from going on. */
export const problemRows = (problems: number, height: number): number =>
  Math.min(problems, mostProblems, Math.max(0, height - 2));

/** The room for lines in a viewer: what its title and problems leave. */
export const roomForLines = (
  { problems }: Pick<LogFeedState, 'problems'>,
  { width, height }: LogSize,
): LogSize => ({
  width,
  height: Math.max(1, height - 1 - problemRows(problems.length, height)),
});
