import stringWidth from 'string-width';
import { printable } from '../text.ts';

/** Code units of a line that can be looked at: what is longer is for a file. */
const longestLine = 20_000;

const tab = '    ';

const printableAscii = /^[ -~]*$/;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A message as it is shown and searched: on one line, of characters that move no others. */
export const textOf = (message: string): string => {
  const isLong = message.length > longestLine;
  const start = isLong ? message.slice(0, longestLine) : message;
  const text = printable(start.replaceAll('\t', tab), Number.POSITIVE_INFINITY);
  return isLong ? `${text} [${message.length - longestLine} more; W writes all to a file]` : text;
};

/** Where each row begins when a text is broken at `width` columns, in code units. */
export const breakRows = (text: string, width: number): readonly number[] => {
  if (printableAscii.test(text)) {
    const count = Math.max(1, Math.ceil(text.length / width));
    return Array.from({ length: count }, (_row, index) => index * width);
  }
  const starts = [0];
  const widthOf = measureOnce();
  let column = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const columns = widthOf(segment);
    if (column + columns > width && column > 0) {
      starts.push(index);
      column = 0;
    }
    column += columns;
  }
  return starts;
};

/** A part of a text that lies between two columns. */
export type Slice = {
  /** In code units. */
  readonly start: number;
  readonly end: number;
  /** Blanks in place of the half of a wide character that was cut at the left. */
  readonly indent: number;
};

/** What of a text stands in `width` columns from column `from` on. Looks no further than that. */
export const sliceColumns = (text: string, from: number, width: number): Slice => {
  const near = text.slice(0, from + width);
  if (printableAscii.test(near)) {
    return { start: Math.min(from, near.length), end: near.length, indent: 0 };
  }
  const widthOf = measureOnce();
  let column = 0;
  let start: number | undefined;
  let indent = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    if (start === undefined && column >= from) {
      start = index;
      indent = column - from;
    }
    const columns = widthOf(segment);
    if (column + columns > from + width) return { start: start ?? index, end: index, indent };
    column += columns;
  }
  return { start: start ?? text.length, end: text.length, indent };
};

/** How many columns a text takes. */
export const columnsOf = (text: string): number =>
  printableAscii.test(text) ? text.length : stringWidth(text);

/** Measures characters, each of them once: it is slow, and texts repeat theirs. */
const measureOnce = (): ((character: string) => number) => {
  const known = new Map<string, number>();
  return (character) => {
    const before = known.get(character);
    if (before !== undefined) return before;
    const columns = stringWidth(character);
    known.set(character, columns);
    return columns;
  };
};
