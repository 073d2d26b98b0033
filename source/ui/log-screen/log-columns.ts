import type { NodeLogLine } from '../../fleet/actions.ts';
import { formatTime } from '../duration.ts';
import type { Segment } from '../segment-line.tsx';
import { fit, printable, truncate } from '../text.ts';
import type { Style, Theme } from '../theme.ts';
import type { LogReading } from './log-reader.ts';
import { columnsOf } from './log-text.ts';
import type { LogView } from './log-view.ts';

/** Widths of what stands before a message, in terminal columns without gaps; 0 for what is not shown. */
export type LogColumns = {
  /** Where the lines are of more than one day. */
  readonly date: number;
  readonly time: number;
  /** Where the lines are of more than one node. */
  readonly node: number;
  /** Where the lines are of more than one source. */
  readonly source: number;
  /** All that stands before the message, with gaps. */
  readonly prefix: number;
  /** What remains for the message. */
  readonly text: number;
};

/** The mark of the current match, and a column at the right that stays free. */
const margins = 2;

/** Columns that the message needs before anything else may stand there. */
const smallestText = 24;

/** What to show before messages. Where there is little room, time and source give way first. */
export const layOutColumns = (
  reading: LogReading,
  view: Pick<LogView, 'hasTimestamps' | 'source'>,
  width: number,
): LogColumns => {
  const isWide = width >= 120;
  const time = view.hasTimestamps ? 8 : 0;
  const date = time > 0 && spansDays(reading) ? 6 : 0;
  const several = (names: readonly string[], limit: number) =>
    names.length < 2
      ? 0
      : Math.min(limit, Math.max(...names.map((name) => columnsOf(printable(name, limit)))));
  const node = several(reading.nodes, isWide ? 24 : 17);
  const source = view.source === undefined ? several(reading.sources, isWide ? 24 : 18) : 0;
  const tries = [
    { date, time, node, source },
    { date: 0, time, node, source },
    { date: 0, time: 0, node, source },
    { date: 0, time: 0, node, source: 0 },
    { date: 0, time: 0, node: 0, source: 0 },
  ].map((widths) => {
    const prefix = 1 + Object.values(widths).reduce((sum, each) => sum + gapped(each), 0);
    return { ...widths, prefix, text: Math.max(2, width - margins + 1 - prefix) };
  });
  const fitting = tries.find(({ text }) => text >= smallestText) ?? tries.at(-1);
  return fitting ?? { date: 0, time: 0, node: 0, source: 0, prefix: 1, text: 2 };
};

const gapped = (width: number): number => (width === 0 ? 0 : width + 1);

const spansDays = ({ count, line }: LogReading): boolean =>
  dayOf(line(0)) !== dayOf(line(count - 1));

/** The local day of a line, in six columns: `Jul 01`. */
export const dayOf = (line: NodeLogLine | undefined): string => {
  if (line === undefined) return '';
  const date = new Date(line.time);
  return `${months[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2, '0')}`;
};

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * What stands before a message.
 *
 * @param hasDay whether its day is told, which it is where that differs from the line before
 */
export const prefixSegments = (
  line: NodeLogLine,
  columns: LogColumns,
  theme: Theme,
  hasDay: boolean,
): Segment[] => {
  const { ellipsis } = theme.glyphs;
  const { accent, quiet, strong } = theme.styles;
  const cells: Segment[] = [
    { text: cell(hasDay ? dayOf(line) : '', columns.date, ellipsis), style: strong },
    { text: cell(formatTime(line.time), columns.time, ellipsis), style: quiet },
    {
      text: cell(
        truncate(printable(line.node), columns.node, ellipsis, 'middle'),
        columns.node,
        ellipsis,
      ),
      style: nodeStyle(line.node, theme),
    },
    {
      text: cell(line.source, columns.source, ellipsis),
      style: line.source === 'spot-tui' ? quiet : accent,
    },
  ];
  return cells.filter(({ text }) => text !== '');
};

const cell = (text: string, width: number, ellipsis: string): string =>
  width === 0 ? '' : `${fit(text, width, ellipsis)} `;

/** A colour that a node always has, and its neighbours by number do not. */
const nodeStyle = (node: string, { nodes }: Theme): Style => {
  const number = Number(/\d+$/.exec(node)?.[0] ?? 0);
  const letters = [...node.replace(/\d+$/, '')];
  const sum = letters.reduce(
    (before, letter) => (before * 31 + (letter.codePointAt(0) ?? 0)) % 65_521,
    7,
  );
  return nodes[(sum + number) % nodes.length] ?? {};
};
