import { memo } from 'react';
import type { NodeLogLine } from '../../fleet/actions.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import type { Style, Theme } from '../theme.ts';
import { type LogColumns, prefixSegments } from './log-columns.ts';
import { occurrences, type Pattern } from './log-search.ts';
import { type Slice, sliceColumns } from './log-text.ts';

type LogRowLineProps = {
  readonly line: NodeLogLine;
  /** What stands in the place of the line's message. */
  readonly text: string;
  readonly columns: LogColumns;
  readonly pattern: Pattern | undefined;
  /** In code units, what of the text the row has; undefined where lines are not wrapped. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** Columns of the text that were scrolled past. */
  readonly shift: number;
  /** Whether the line's day is told. */
  readonly hasDay: boolean;
  /** Whether this is the line with the match that was gone to. */
  readonly isMatch: boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** One row of a log: a line, or a part of one that is wrapped. */
export const LogRowLine = memo((props: LogRowLineProps) => {
  const { columns, end, hasDay, isMatch, line, pattern, shift, start, text, width } = props;
  const { theme } = useDashboard();
  const isContinued = start !== undefined && start > 0;
  const slice =
    start === undefined
      ? cutSlice(text, shift, columns.text)
      : { start, end: end ?? text.length, indent: 0, isCut: false };
  const marker = isMatch && !isContinued ? theme.glyphs.marker : ' ';
  const segments: Segment[] = [
    { text: marker, style: theme.styles.accent },
    ...(isContinued
      ? [{ text: ' '.repeat(columns.prefix - 1) }]
      : prefixSegments(line, columns, theme, hasDay)),
    { text: ' '.repeat(slice.indent) },
    ...highlight(text, slice, pattern, isMatch, theme),
    { text: slice.isCut ? theme.glyphs.ellipsis : '', style: theme.styles.quiet },
  ];
  return <SegmentLine segments={segments} width={width} />;
});

/** What is visible of a text; its last column is for the mark that there is more. */
const cutSlice = (
  text: string,
  shift: number,
  width: number,
): Slice & { readonly isCut: boolean } => {
  const whole = sliceColumns(text, shift, width);
  return whole.end >= text.length
    ? { ...whole, isCut: false }
    : { ...sliceColumns(text, shift, width - 1), isCut: true };
};

const highlight = (
  text: string,
  { start, end }: Slice,
  pattern: Pattern | undefined,
  isMatch: boolean,
  theme: Theme,
): Segment[] => {
  const style: Style = isMatch
    ? { ...theme.styles.strong, inverse: true }
    : { ...theme.styles.warning, inverse: true };
  const segments: Segment[] = [];
  let done = start;
  for (const found of pattern === undefined ? [] : occurrences(text, pattern, start, end)) {
    const from = Math.max(done, found.start);
    const to = Math.min(end, found.end);
    if (to <= from) continue;
    segments.push({ text: text.slice(done, from) }, { text: text.slice(from, to), style });
    done = to;
  }
  return [...segments, { text: text.slice(done, end) }];
};
