import { type KeyContext, tell } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { askForExport } from './export-log.ts';
import { createLogReader, type LogReading } from './log-reader.ts';
import { type LogSize, roomForLines } from './log-room.ts';
import type { LogView } from './log-view.ts';
import { layOutWindow, pause, scroll, scrollToStart } from './log-window.ts';
import { changeLog, type ScreenWithLog } from './screen-with-log.ts';
import { askForSearch, goToMatch, withoutSearch } from './search-log.ts';

export type LogOperation = {
  readonly screen: ScreenWithLog;
  readonly command: Command;
  /** Of the viewer, with its title. */
  readonly size: LogSize;
  /** What the log is of: the beginning of the name of a file. */
  readonly name: string;
};

/** Columns that a step to the side goes. */
const sideStep = 20;

/** What a command does to a log that is shown; false for commands that have nothing to do with it. */
export const operateLog = (context: KeyContext, operation: LogOperation): boolean => {
  const { command, screen } = operation;
  const feed = screen.feed.getState();
  const size = roomForLines(feed, operation.size);
  switch (command) {
    case 'search':
      askForSearch(context, screen, size);
      return true;
    case 'next-match':
    case 'previous-match':
      goToMatch(context, screen, size, command === 'next-match' ? 1 : -1);
      return true;
    case 'export':
      askForExport(context, screen, operation.name);
      return true;
    default: {
      const changed = changeView(context, screen, command, size);
      if (changed === undefined) return false;
      changeLog(context, screen, changed);
      return true;
    }
  }
};

/** The view after a command; undefined for commands that it knows nothing of. */
const changeView = (
  context: KeyContext,
  { feed, log: view }: ScreenWithLog,
  command: Command,
  size: LogSize,
): LogView | undefined => {
  const read = (of: LogView) => createLogReader()(feed.getState(), of);
  const reading = read(view);
  // A view at rest stays where it is when its lines become others.
  const settle = (changed: LogView) =>
    changed.isFollowing ? changed : pause(read(changed), changed, size);

  switch (command) {
    case 'up':
      return scroll(reading, view, size, -1);
    case 'down':
      return scroll(reading, view, size, 1);
    case 'page-up':
      return scroll(reading, view, size, Math.min(-1, 1 - size.height));
    case 'page-down':
      return scroll(reading, view, size, Math.max(1, size.height - 1));
    case 'first':
      return scrollToStart(reading, view);
    case 'last':
      return { ...view, isFollowing: true };
    case 'follow':
      return view.isFollowing ? pause(reading, view, size) : { ...view, isFollowing: true };
    case 'wrap':
      return settle({ ...view, isWrapped: !view.isWrapped, shift: 0 });
    case 'timestamps':
      return settle({ ...view, hasTimestamps: !view.hasTimestamps });
    case 'source':
      return settle(nextSource(context, reading, view));
    case 'scroll-left':
    case 'scroll-right':
      return shiftBy(context, reading, view, size, command === 'scroll-left' ? -1 : 1);
    case 'close':
      return view.search === '' ? undefined : withoutSearch(view);
    default:
      return undefined;
  }
};

const nextSource = (context: KeyContext, { sources }: LogReading, view: LogView): LogView => {
  const { source: before, match: _match, ...rest } = view;
  if (before === undefined && sources.length < 2) {
    const only = sources[0];
    tell(context, 'warning', only === undefined ? 'There is no line yet' : `All is of ${only}`);
    return view;
  }
  const next = sources[before === undefined ? 0 : sources.indexOf(before) + 1];
  return next === undefined ? rest : { ...rest, source: next };
};

const shiftBy = (
  context: KeyContext,
  reading: LogReading,
  view: LogView,
  size: LogSize,
  direction: 1 | -1,
): LogView => {
  if (view.isWrapped) {
    tell(context, 'warning', 'Long lines are wrapped: w ends that');
    return view;
  }
  const { rows } = layOutWindow(reading, view, size);
  const longest = rows.reduce((most, { index }) => {
    const line = reading.line(index);
    return line === undefined ? most : Math.max(most, reading.text(line).length);
  }, 0);
  const shift = Math.max(0, view.shift + direction * sideStep);
  return direction === 1 && shift >= longest ? view : { ...view, shift };
};
