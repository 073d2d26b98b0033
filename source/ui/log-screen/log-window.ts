import { layOutColumns } from './log-columns.ts';
import type { LogReading } from './log-reader.ts';
import type { LogSize } from './log-room.ts';
import { findFirst } from './log-search.ts';
import { columnsOf } from './log-text.ts';
import type { LogView } from './log-view.ts';

/** A row of the window: a line, or a part of one that is wrapped. */
export type LogRow = {
  /** Place of the line among those that are shown. */
  readonly index: number;
  /** Number of the line in the whole log. */
  readonly number: number;
  /** Which row of its line it is, from 0. */
  readonly row: number;
};

type Position = Pick<LogRow, 'index' | 'row'>;

/** What is visible of a log. Computing it looks at lines that are visible, and at no others. */
export type LogWindow = {
  readonly rows: readonly LogRow[];
  /** Whether the newest line is visible to its end. */
  readonly isAtEnd: boolean;
};

/** The rows that are visible, from where the view is. */
export const layOutWindow = (reading: LogReading, view: LogView, size: LogSize): LogWindow => {
  const walk = createWalk(reading, view, size);
  const rows: LogRow[] = [];
  let next = topOf(reading, view, walk);
  while (rows.length < size.height) {
    const number = reading.number(next.index);
    if (number === undefined) break;
    rows.push({ ...next, number });
    next = walk.forward(next, 1);
  }
  return { rows, isAtEnd: next.index >= reading.count };
};

/** Lines that came since the view was paused and are below what is visible. */
export const countNewBelow = (
  reading: LogReading,
  { seen }: Pick<LogView, 'seen'>,
  { rows }: LogWindow,
): number => {
  const below = (rows.at(-1)?.index ?? -1) + 1;
  return Math.max(0, reading.count - Math.max(below, reading.indexOf(seen)));
};

/** The view at rest, where it stands now: what comes does not move it any more. */
export const pause = (reading: LogReading, view: LogView, size: LogSize): LogView => {
  const [first] = layOutWindow(reading, view, size).rows;
  return {
    ...view,
    isFollowing: false,
    seen: view.isFollowing ? reading.end : view.seen,
    top: first?.number ?? reading.end,
    row: first?.row ?? 0,
  };
};

/** The view so many rows further down, or up if less than zero. At the end it follows. */
export const scroll = (
  reading: LogReading,
  view: LogView,
  size: LogSize,
  rows: number,
): LogView => {
  const walk = createWalk(reading, view, size);
  const end = walk.end();
  const from = topOf(reading, view, walk);
  const to = rows < 0 ? walk.back(from, -rows) : walk.forward(from, rows);
  if (!isBefore(to, end)) return rows < 0 ? view : { ...view, isFollowing: true };
  return at(reading, view, to);
};

/** The view from the first line on. */
export const scrollToStart = (reading: LogReading, view: LogView): LogView =>
  at(reading, view, { index: 0, row: 0 });

/**
 * The view at rest with a match in it: where it is, if the match is visible there, else with a few
 * rows before it.
 */
export const showMatch = (
  reading: LogReading,
  view: LogView,
  size: LogSize,
  number: number,
): LogView => {
  const index = reading.indexOf(number);
  const line = reading.line(index);
  if (line === undefined || reading.pattern === undefined) return view;
  const text = reading.text(line);
  const found = findFirst(text, reading.pattern) ?? { start: 0, end: 0 };
  const { text: width } = layOutColumns(reading, view, size.width);
  const walk = createWalk(reading, view, size);
  const row = view.isWrapped
    ? reading.rows(line, width).findLastIndex((start) => start <= found.start)
    : 0;
  const rest = pause(reading, { ...view, match: number }, size);
  const { rows } = layOutWindow(reading, rest, size);
  const isVisible = rows.some((each) => each.index === index && each.row === row);
  const top = isVisible
    ? rest
    : pause(
        reading,
        at(reading, rest, walk.back({ index, row }, Math.floor(size.height / 3))),
        size,
      );
  if (view.isWrapped) return top;
  const column = columnsOf(text.slice(0, found.start));
  const length = columnsOf(text.slice(found.start, found.end));
  const fits = column >= top.shift && column + length < top.shift + width;
  return fits
    ? top
    : { ...top, shift: column + length < width ? 0 : Math.floor(column - width / 2) };
};

const at = (reading: LogReading, view: LogView, { index, row }: Position): LogView => ({
  ...view,
  isFollowing: false,
  seen: view.isFollowing ? reading.end : view.seen,
  top: reading.number(index) ?? reading.end,
  row,
});

/** Where the view begins. It never ends later than the lines do. */
const topOf = (reading: LogReading, view: LogView, walk: Walk): Position => {
  const end = walk.end();
  if (view.isFollowing) return end;
  const index = reading.indexOf(view.top);
  const isThere = reading.number(index) === view.top;
  const top = { index, row: isThere ? Math.min(view.row, walk.height(index) - 1) : 0 };
  return isBefore(top, end) ? top : end;
};

const isBefore = (one: Position, other: Position): boolean =>
  one.index < other.index || (one.index === other.index && one.row < other.row);

/** Goes through the rows of a log, one line after the other. */
type Walk = {
  /** Rows of a line. */
  readonly height: (index: number) => number;
  readonly back: (from: Position, rows: number) => Position;
  readonly forward: (from: Position, rows: number) => Position;
  /** From where on the last rows fill the window. */
  readonly end: () => Position;
};

const createWalk = (reading: LogReading, view: LogView, size: LogSize): Walk => {
  const { text } = layOutColumns(reading, view, size.width);
  const height = (index: number): number => {
    if (!view.isWrapped) return 1;
    const line = reading.line(index);
    return line === undefined ? 1 : reading.rows(line, text).length;
  };
  const back = (from: Position, rows: number): Position => {
    let { index, row } = from;
    let left = rows;
    while (left > row && index > 0) {
      left -= row + 1;
      index--;
      row = height(index) - 1;
    }
    return { index, row: Math.max(0, row - left) };
  };
  const forward = (from: Position, rows: number): Position => {
    let { index, row } = from;
    let left = rows;
    while (left > 0 && index < reading.count) {
      const rest = height(index) - 1 - row;
      if (left <= rest) return { index, row: row + left };
      left -= rest + 1;
      index++;
      row = 0;
    }
    return { index, row };
  };
  const end = back({ index: reading.count, row: 0 }, size.height);
  return { height, back, forward, end: () => end };
};
