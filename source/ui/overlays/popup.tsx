import { Box, Text } from 'ink';
import stringWidth from 'string-width';
import { useDashboard } from '../dashboard-context.ts';
import { fitSegments, type Segment } from '../segment-line.tsx';
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
};

/** Columns that border and padding take. */
export const popupFrameWidth = 6;

/**
 * A box in the middle of the window, over what is there. As wide as its content; lines that the
 * window has no room for are left out.
 */
export const Popup = ({ title, lines, keys, window, style }: PopupProps) => {
  const { theme } = useDashboard();
  const { corners, line, vertical, ellipsis } = theme.glyphs;
  const lineWidth = (segments: PopupLine) =>
    segments.reduce((sum, { text }) => sum + stringWidth(text), 0);
  const widest = Math.max(
    stringWidth(title) + 2,
    stringWidth(keys) + 2,
    ...lines.map((segments) => lineWidth(segments)),
  );
  const inner = Math.min(widest, window.columns - popupFrameWidth);
  const room = window.rows - 4;
  const shown = lines.length > room ? [...lines.slice(0, room - 1), [{ text: ellipsis }]] : lines;
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
      {border(upperLeft, title, upperRight)}
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
                  {segment.text}
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
