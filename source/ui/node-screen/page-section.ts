import stringWidth from 'string-width';
import { fitSegments, type Segment } from '../segment-line.tsx';
import { truncate } from '../text.ts';
import type { Theme } from '../theme.ts';

export type PageLine = readonly Segment[];

/** A part of a node's page that can be told in more or in fewer lines. */
export type PageSection = {
  /** Numbers of lines in which it can be told, ascending; empty where there is nothing to tell. */
  readonly sizes: readonly number[];
  /** What it tells in one of these numbers of lines, or in fewer. */
  readonly lines: (size: number) => readonly PageLine[];
};

/** What all sections need. */
export type PageContext = {
  readonly theme: Theme;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** In terminal columns. */
  readonly width: number;
  /** Whether the log needs the room more than what can be told in few lines. */
  readonly isCompact: boolean;
  /** What a person types for a command: the label of its key. */
  readonly keyOf: (command: 'doctor' | 'cause') => string;
};

/**
 * The lines of sections within a number of lines.
 *
 * @param sections in the order in which they stand
 * @param growing the same in the order in which they get room: first all their least, then more, in
 *   turns
 */
export const layOutSections = (
  sections: readonly PageSection[],
  growing: readonly PageSection[],
  room: number,
): readonly PageLine[] => {
  const chosen = new Map<PageSection, number>();
  let left = room;
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    for (const section of growing) {
      const before = chosen.get(section) ?? 0;
      const next = section.sizes.find((size) => size > before);
      if (next === undefined || next - before > left) continue;
      chosen.set(section, next);
      left -= next - before;
      hasGrown = true;
    }
  }
  return sections.flatMap((section) => {
    const size = chosen.get(section) ?? 0;
    return size === 0 ? [] : section.lines(size);
  });
};

/** Pieces one after the other in as few lines as they need, none of them broken in two. */
export const flow = (
  pieces: readonly PageLine[],
  { theme, width }: Pick<PageContext, 'theme' | 'width'>,
  separator = ` ${theme.glyphs.separator} `,
): readonly PageLine[] => {
  const lines: Segment[][] = [];
  let left = 0;
  for (const whole of pieces) {
    const piece = fitSegments(whole, width - 2, theme.glyphs.ellipsis);
    const needed = widthOf(piece);
    const last = lines.at(-1);
    if (last !== undefined && needed + stringWidth(separator) <= left) {
      last.push({ text: separator, style: theme.styles.quiet }, ...piece);
      left -= needed + stringWidth(separator);
    } else {
      lines.push([{ text: ' ' }, ...piece]);
      left = width - 2 - needed;
    }
  }
  return lines;
};

/** The first of some lines; the last one tells how much there is of what is left out. */
export const cutLines = (
  lines: readonly PageLine[],
  size: number,
  { theme, width }: Pick<PageContext, 'theme' | 'width'>,
): readonly PageLine[] => {
  const last = lines[size - 1];
  if (lines.length <= size || last === undefined) return lines;
  const { ellipsis } = theme.glyphs;
  const cut = fitSegments(last, width - 3, ellipsis);
  return [
    ...lines.slice(0, size - 1),
    [...cut, { text: ` ${ellipsis}`, style: theme.styles.quiet }],
  ];
};

/** A label and what it is about, in columns that stand below each other. */
export const labelled = (
  label: string,
  value: PageLine,
  { theme }: Pick<PageContext, 'theme'>,
): PageLine => [
  {
    text: ` ${truncate(label, labelWidth, theme.glyphs.ellipsis).padEnd(labelWidth)} `,
    style: theme.styles.quiet,
  },
  ...value,
];

/** In terminal columns. */
export const labelWidth = 12;

/** Lines next to each other: the left ones take a width, filled with blanks. */
export const beside = (
  left: readonly PageLine[],
  right: readonly PageLine[],
  leftWidth: number,
  ellipsis: string,
): readonly PageLine[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_line, index) => [
    ...fitSegments(left[index] ?? [], leftWidth, ellipsis, true),
    ...(right[index] ?? []),
  ]);

const widthOf = (line: PageLine): number =>
  line.reduce((sum, { text }) => sum + stringWidth(text), 0);
