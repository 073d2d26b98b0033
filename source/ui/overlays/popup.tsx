import { Box, Text } from 'ink';
import { useEffect } from 'react';
import stringWidth from 'string-width';
import { useDashboard } from '../dashboard-context.ts';
import { fitSegments, type Segment } from '../segment-line.tsx';
import { hyperlink } from '../terminal/hyperlink.ts';
import { truncate } from '../text.ts';
import type { Style } from '../theme.ts';

/** A line of a popup. */
export type PopupLine = readonly Segment[];

type PopupProps = {
  /** Stands in the upper border. */
  readonly title: string;
  readonly lines: readonly PopupLine[];
  /** Stands in the lower border: the keys that answer it. */
  readonly keys: string;
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
  /** Of border and title. */
  readonly style: Style;
  /** Lines that were scrolled past, where there are more than the window has room for. */
  readonly offset?: number;
};

/** Columns that border and padding take. */
export const popupFrameWidth = 6;

/** Rows that the border takes, and the one above and below that stays free. */
export const popupFrameHeight = 4;

/** Columns of what is behind that are worth seeing beside it: fewer look like dirt at its edge. */
const leastBeside = 4;

/**
 * A box in the middle of the window, over what is there. As wide as its widest line, or as the
 * window where that leaves next to nothing beside it.
 */
export const Popup = ({ title, lines, keys, window, style, offset = 0 }: PopupProps) => {
  const { theme, view } = useDashboard();
  const { corners, line, vertical, ellipsis } = theme.glyphs;
  const lineWidth = (segments: PopupLine) =>
    segments.reduce((sum, { text }) => sum + stringWidth(text), 0);
  const room = window.rows - popupFrameHeight;
  const hidden = Math.max(0, lines.length - room);
  const first = Math.min(offset, hidden);
  const shown = lines.slice(first, first + room);
  const position = hidden > 0 ? `  ${first + 1}-${first + room} of ${lines.length}` : '';
  const widest = Math.max(
    stringWidth(title + position) + 2,
    stringWidth(keys) + 2,
    ...lines.map((segments) => lineWidth(segments)),
  );
  const most = window.columns - popupFrameWidth;
  const inner = most - widest < 2 * leastBeside ? most : widest;

  useEffect(() => {
    // Only here it is known where the end is; a key up must not first undo keys beyond it.
    if (offset > hidden) view.dispatch({ type: 'scroll-overlay', offset: hidden });
  }, [offset, hidden, view]);

  const border = (left: string, label: string, right: string) => {
    const text = label === '' ? '' : ` ${truncate(label, inner, ellipsis)} `;
    return (
      <Text {...style}>
        {left + line}
        <Text bold>{text}</Text>
        {line.repeat(Math.max(0, inner + 3 - stringWidth(text))) + right}
      </Text>
    );
  };
  const [upperLeft, upperRight, lowerRight, lowerLeft] = corners;
  return (
    <Box
      position="absolute"
      flexDirection="column"
      left={Math.floor((window.columns - inner - popupFrameWidth) / 2)}
      top={Math.max(0, Math.floor((window.rows - shown.length - 2) / 2))}
    >
      {border(upperLeft, title + position, upperRight)}
      {shown.map((segments, index) => {
        const key = `${index}`;
        return (
          <Text key={key}>
            <Text {...style}>{vertical}</Text>
            {'  '}
            {fitSegments(segments, inner, ellipsis, true).map((segment, part) => {
              const partKey = `${part}`;
              return (
                <Text key={partKey} {...segment.style}>
                  {segment.link === undefined
                    ? segment.text
                    : hyperlink(segment.text, segment.link)}
                </Text>
              );
            })}
            {'  '}
            <Text {...style}>{vertical}</Text>
          </Text>
        );
      })}
      {border(lowerLeft, keys, lowerRight)}
    </Box>
  );
};
