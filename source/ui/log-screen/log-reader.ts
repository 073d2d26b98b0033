import type { NodeLogLine } from '../../fleet/actions.ts';
import type { LogFeedState } from './log-feed.ts';
import { findFirst, type Pattern, patternOf } from './log-search.ts';
import { breakRows, textOf } from './log-text.ts';
import type { LogView } from './log-view.ts';
import { createNumberList, type NumberList } from './number-list.ts';

/** The lines of a feed that a view shows, by their place among these or by their number in all. */
export interface LogReading {
  /** Lines that are shown. */
  readonly count: number;
  /** Number that the next line of the feed gets. */
  readonly end: number;
  readonly line: (index: number) => NodeLogLine | undefined;
  readonly number: (index: number) => number | undefined;
  /** Index of the first shown line that has this number or a greater one. */
  readonly indexOf: (number: number) => number;
  /** What stands in the place of a line's message. */
  readonly text: (line: NodeLogLine) => string;
  /** Where each row of a line begins when it is wrapped. */
  readonly rows: (line: NodeLogLine, width: number) => readonly number[];
  readonly pattern: Pattern | undefined;
  /** Numbers of the shown lines that have what is searched for. */
  readonly matches: Pick<NumberList, 'count' | 'at' | 'indexOf'>;
  /** Names of all sources that there have been, whether shown or not, and of the nodes. */
  readonly sources: readonly string[];
  readonly nodes: readonly string[];
}

/** Reads what a feed has, for a view of it. */
export type LogReader = (
  feed: LogFeedState,
  view: Pick<LogView, 'source' | 'search'>,
) => LogReading;

type Measured = {
  readonly text: string;
  rows?: { readonly width: number; readonly starts: readonly number[] };
};

/**
 * A reader that remembers: lines that it has seen are not looked at again for as long as the view
 * asks for the same. So a frame costs what is new in it, however long the log is.
 */
export const createLogReader = (): LogReader => {
  const measured = new WeakMap<NodeLogLine, Measured>();
  let names = readNames();
  let shown = readShown(undefined);
  let found = readFound(undefined, '');
  let last: LogFeedState = { lines: [], dropped: 0, problems: [], isLive: true };

  const measure = (line: NodeLogLine): Measured => {
    const known = measured.get(line);
    if (known !== undefined) return known;
    const fresh = { text: textOf(line.message) };
    measured.set(line, fresh);
    return fresh;
  };
  const text = (line: NodeLogLine) => measure(line).text;
  const rows = (line: NodeLogLine, width: number) => {
    const entry = measure(line);
    if (entry.rows?.width !== width) entry.rows = { width, starts: breakRows(entry.text, width) };
    return entry.rows.starts;
  };

  return (feed, { source, search }) => {
    if (!continues(last, feed)) {
      names = readNames();
      shown = readShown(source);
      found = readFound(source, search);
    }
    if (shown.source !== source) shown = readShown(source);
    if (found.source !== source || found.search !== search) found = readFound(source, search);
    last = feed;
    for (const part of [names, shown, found]) readNew(part, feed, text);

    const { numbers } = shown;
    const { dropped, lines } = feed;
    const number = (index: number) =>
      source === undefined
        ? lines[index] === undefined
          ? undefined
          : dropped + index
        : numbers.at(index);
    return {
      count: source === undefined ? lines.length : numbers.count,
      end: dropped + lines.length,
      number,
      line: (index) => lines[(number(index) ?? Number.NaN) - dropped],
      indexOf: (wanted) =>
        source === undefined
          ? Math.min(lines.length, Math.max(0, wanted - dropped))
          : numbers.indexOf(wanted),
      text,
      rows,
      pattern: found.pattern,
      matches: found.numbers,
      sources: names.sources,
      nodes: names.nodes,
    };
  };
};

/** Something that is read off all lines, one after the other. */
type Part = {
  /** Number of the next line to look at. */
  next: number;
  /** Of the lines in question. */
  readonly numbers: NumberList;
  readonly look: (line: NodeLogLine, number: number, text: (line: NodeLogLine) => string) => void;
};

const readNew = (part: Part, feed: LogFeedState, text: (line: NodeLogLine) => string): void => {
  const { dropped, lines } = feed;
  part.numbers.dropBefore(dropped);
  for (let index = Math.max(0, part.next - dropped); index < lines.length; index++) {
    const line = lines[index];
    if (line !== undefined) part.look(line, dropped + index, text);
  }
  part.next = dropped + lines.length;
};

const readNames = () => {
  let sources: readonly string[] = [];
  let nodes: readonly string[] = [];
  // Lists that stay the same while they say the same, sorted only when something is new in them.
  const known = { sources: new Set<string>(), nodes: new Set<string>() };
  const part: Part & { readonly sources: readonly string[]; readonly nodes: readonly string[] } = {
    next: Number.NEGATIVE_INFINITY,
    numbers: createNumberList(),
    get sources() {
      return sources;
    },
    get nodes() {
      return nodes;
    },
    look({ source, node }) {
      if (!known.sources.has(source)) sources = [...known.sources.add(source)].sort();
      if (!known.nodes.has(node)) nodes = [...known.nodes.add(node)].sort();
    },
  };
  return part;
};

const readShown = (source: string | undefined) => {
  const numbers = createNumberList();
  const part: Part & { readonly source: string | undefined } = {
    source,
    next: Number.NEGATIVE_INFINITY,
    numbers,
    look(line, number) {
      if (source !== undefined && line.source === source) numbers.add(number);
    },
  };
  return part;
};

const readFound = (source: string | undefined, search: string) => {
  const numbers = createNumberList();
  const pattern = patternOf(search);
  const part: Part & {
    readonly source: string | undefined;
    readonly search: string;
    readonly pattern: Pattern | undefined;
  } = {
    source,
    search,
    pattern,
    next: Number.NEGATIVE_INFINITY,
    numbers,
    look(line, number, text) {
      if (pattern === undefined || (source !== undefined && line.source !== source)) return;
      if (findFirst(text(line), pattern) !== undefined) numbers.add(number);
    },
  };
  return part;
};

/** Whether a state only has lines more at the end, or fewer at the front, than the one before. */
const continues = (before: LogFeedState, after: LogFeedState): boolean => {
  const end = before.dropped + before.lines.length;
  if (after.dropped < before.dropped || after.dropped + after.lines.length < end) return false;
  const kept = end - 1 - after.dropped;
  return kept < 0 || after.lines[kept] === before.lines.at(-1);
};
