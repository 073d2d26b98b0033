import { Box } from 'ink';
import { memo, useRef } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';
import { useStore } from '../use-store.ts';
import { dayOf, layOutColumns } from './log-columns.ts';
import type { LogFeed, LogFeedState } from './log-feed.ts';
import { headerSegments } from './log-header.ts';
import { createLogReader, type LogReader, type LogReading } from './log-reader.ts';
import { problemRows, roomForLines } from './log-room.ts';
import { LogRowLine } from './log-row.tsx';
import type { LogView } from './log-view.ts';
import { type LogWindow, layOutWindow } from './log-window.ts';

type LogViewerProps = {
  readonly title: string;
  readonly feed: LogFeed;
  readonly view: LogView;
  /** In terminal columns. */
  readonly width: number;
  /** In rows, with that of the title. */
  readonly height: number;
};

/** Lines of a log under a title that tells what is shown of them. Only what is visible is drawn. */
export const LogViewer = memo(({ title, feed, view, width, height }: LogViewerProps) => {
  const { theme } = useDashboard();
  const state = useStore(feed, (now) => now);
  const held = useRef<{ readonly feed: LogFeed; readonly read: LogReader }>(undefined);
  if (held.current?.feed !== feed) held.current = { feed, read: createLogReader() };
  const reading = held.current.read(state, view);
  const size = roomForLines(state, { width, height });
  const window = layOutWindow(reading, view, size);
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflowY="hidden">
      <SegmentLine
        segments={headerSegments({ title, feed: state, reading, view, window, theme, width })}
        width={width}
      />
      {problemSegments(state.problems, problemRows(state.problems.length, height), theme).map(
        (segments, index) => {
          const key = `problem ${index}`;
          return <SegmentLine key={key} segments={segments} width={width} />;
        },
      )}
      {reading.count === 0 ? (
        <SegmentLine segments={emptySegments(state, view, theme)} width={width} />
      ) : (
        <Rows reading={reading} view={view} window={window} width={width} />
      )}
    </Box>
  );
});

type RowsProps = {
  readonly reading: LogReading;
  readonly view: LogView;
  readonly window: LogWindow;
  /** In terminal columns. */
  readonly width: number;
};

const Rows = ({ reading, view, window, width }: RowsProps) => {
  const columns = useSame(layOutColumns(reading, view, width));
  return window.rows.map(({ index, number, row }, place) => {
    const line = reading.line(index);
    if (line === undefined) return null;
    const starts = view.isWrapped ? reading.rows(line, columns.text) : undefined;
    return (
      <LogRowLine
        key={`${number} ${row}`}
        line={line}
        text={reading.text(line)}
        columns={columns}
        pattern={reading.pattern}
        start={starts?.[row]}
        end={starts?.[row + 1]}
        shift={view.isWrapped ? 0 : view.shift}
        hasDay={place === 0 || dayOf(line) !== dayOf(reading.line(index - 1))}
        isMatch={view.match === number}
        width={width}
      />
    );
  });
};

/** The object of the last time for as long as it says the same, so that rows need not be drawn. */
const useSame = <Value extends Readonly<Record<string, unknown>>>(value: Value): Value => {
  const held = useRef(value);
  const isSame = Object.entries(value).every(([name, each]) => held.current[name] === each);
  if (!isSame) held.current = value;
  return held.current;
};

const problemSegments = (
  problems: readonly string[],
  count: number,
  theme: Theme,
): readonly Segment[][] => {
  const shown = count < problems.length ? problems.slice(0, count - 1) : problems;
  const lines = shown.map((problem): Segment[] => [
    { text: ` ${theme.glyphs.warning} `, style: theme.styles.warning },
    { text: problem },
  ]);
  if (count === 0 || shown.length === problems.length) return lines.slice(0, count);
  const others = problems.length - shown.length;
  return [...lines, [{ text: `   and ${others} more`, style: theme.styles.quiet }]];
};

const emptySegments = (
  { isLive, lines }: LogFeedState,
  { source }: LogView,
  { styles }: Theme,
): Segment[] => {
  const text = () => {
    if (source !== undefined && lines.length > 0)
      return `No line of ${source}: i goes on to others`;
    return isLive ? 'Nothing was logged so far' : 'Nothing was logged';
  };
  return [{ text: ` ${text()}`, style: styles.quiet }];
};
