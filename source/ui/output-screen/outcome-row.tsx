import { useDashboard } from '../dashboard-context.ts';
import { markOf } from '../fleet-screen/node-row.tsx';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { fit, printable } from '../text.ts';
import type { OutcomeEntry } from './outcome-entries.ts';
import { type BodyRow, bodyIndent } from './outcome-layout.ts';
import { outcomeMark } from './outcome-mark.ts';

type EntryTitleProps = {
  readonly entry: OutcomeEntry;
  /** Columns of what says whom it is about. */
  readonly subjectWidth: number;
  readonly isSelected: boolean;
  /** Whether its nodes were selected for what is done next. */
  readonly isPicked: boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** How it went, on which nodes. */
export const EntryTitle = (props: EntryTitleProps) => {
  const { entry, subjectWidth, isSelected, isPicked, width } = props;
  const { theme } = useDashboard();
  const { detail, nodes, status } = entry;
  const { glyph, style } = outcomeMark(status, theme);
  const { ellipsis, marker } = theme.glyphs;
  const styled = (own: Segment['style'] = {}) => (isSelected ? {} : own);
  const said = detail === '' ? status : detail;
  const names = nodes.length === 1 ? '' : `  ${nodes.slice(0, mostNames).join(', ')}`;
  return (
    <SegmentLine
      segments={[
        { text: isSelected ? marker : ' ' },
        { text: isPicked ? markOf(theme) : ' ', style: styled(theme.styles.accent) },
        { text: `${glyph} `, style: styled(style) },
        {
          text: fit(subjectOf(entry), subjectWidth, ellipsis),
          style: styled(theme.styles.strong),
        },
        { text: `  ${printable(said)}`, style: status === 'failed' ? styled(style) : {} },
        { text: names, style: styled(theme.styles.quiet) },
      ]}
      width={width}
      isFilled={isSelected}
      style={{ inverse: isSelected }}
    />
  );
};

/** Names that no window has room for. */
const mostNames = 60;

/** A node by its name, more of them by their number. */
export const subjectOf = ({ nodes }: OutcomeEntry): string =>
  nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length.toLocaleString('en-US')} nodes`;

type EntryLineProps = {
  readonly row: BodyRow;
  readonly isSelected: boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** A line of an output, or about it. */
export const EntryLine = ({ row, isSelected, width }: EntryLineProps) => {
  const { theme } = useDashboard();
  const { marker, vertical } = theme.glyphs;
  return (
    <SegmentLine
      segments={[
        {
          text: `${isSelected ? marker : ' '} ${vertical}`.padEnd(bodyIndent),
          style: isSelected ? theme.styles.accent : theme.styles.quiet,
        },
        { text: row.text, style: row.isNote ? theme.styles.quiet : {} },
      ]}
      width={width}
    />
  );
};
