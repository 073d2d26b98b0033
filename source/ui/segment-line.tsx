import { Text } from 'ink';
import stringWidth from 'string-width';
import { useDashboard } from './dashboard-context.ts';
import { hyperlink } from './terminal/hyperlink.ts';
import { fit, printable } from './text.ts';
import type { Style } from './theme.ts';

/** A piece of a line. */
export type Segment = {
  readonly text: string;
  readonly style?: Style;
  /** Where the piece leads in a terminal that has hyperlinks (OSC 8). */
  readonly link?: string;
};

/**
 * Cuts segments to a width together, as if they were one text.
 *
 * @param isFilled whether blanks fill what remains of the width
 */
export const fitSegments = (
  segments: readonly Segment[],
  width: number,
  ellipsis: string,
  isFilled = false,
): readonly Segment[] => {
  const shown: Segment[] = [];
  const filled = segments.filter(({ text }) => text !== '');
  let left = width;
  for (const [index, segment] of filled.entries()) {
    const text = printable(segment.text);
    const textWidth = stringWidth(text);
    const isLast = index === filled.length - 1;
    if (textWidth > left || (textWidth === left && !isLast)) {
      shown.push({ ...segment, text: fit(`${text} `, left, ellipsis) });
      return shown;
    }
    shown.push({ ...segment, text });
    left -= textWidth;
  }
  if (isFilled && left > 0) shown.push({ text: ' '.repeat(left) });
  return shown;
};

type SegmentLineProps = {
  readonly segments: readonly Segment[];
  /** In terminal columns; what does not fit is cut. */
  readonly width: number;
  /** Whether blanks fill the line up to its width. */
  readonly isFilled?: boolean;
  /** Style of the whole line, below those of the segments. */
  readonly style?: Style;
};

/** A line of differently styled pieces that never takes more than its width. */
export const SegmentLine = ({
  segments,
  width,
  isFilled = false,
  style = {},
}: SegmentLineProps) => {
  const { theme } = useDashboard();
  const shown = fitSegments(segments, width, theme.glyphs.ellipsis, isFilled);
  // A text of nothing would take no row at all.
  if (shown.length === 0) return <Text> </Text>;
  let column = 0;
  return (
    <Text wrap="truncate" {...style}>
      {shown.map((segment) => {
        const key = column;
        column += segment.text.length + 1;
        return (
          <Text key={key} {...segment.style}>
            {segment.link === undefined ? segment.text : hyperlink(segment.text, segment.link)}
          </Text>
        );
      })}
    </Text>
  );
};
