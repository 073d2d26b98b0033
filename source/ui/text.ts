import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const printableAscii = /^[ -~]*$/;

/** Everything that a terminal shows as a blank, tabs and line breaks included. */
const blanks = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * Characters that are not seen themselves but move, join or reorder what is around them: control
 * and format characters (with joiners and bidirectional overrides), variation selectors, skin
 * tones, the enclosing keycap, letters of Hangul that do not make a syllable of today. Terminals
 * disagree on the width of what these make of their neighbours, and one line of a log must not be
 * able to push a table apart.
 */
const shapeshifters =
  /\p{Cc}|\p{Cf}|\p{Variation_Selector}|\p{Emoji_Modifier}|\u20E3|[\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF]/gu;

/**
 * Text that takes the same number of columns in every terminal, on one line.
 *
 * @param limit code units to look at: what no window can show needs no measuring, and a log line
 *   can be 100 kB long.
 */
export const printable = (text: string, limit = 2000): string => {
  const start = text.length > limit ? text.slice(0, limit) : text;
  if (printableAscii.test(start)) return start;
  // Composed, syllables of Hangul and most letters with marks are one character each.
  const composed = start.toWellFormed().normalize('NFC');
  return composed.replace(blanks, ' ').replace(shapeshifters, '');
};

/**
 * The text cut to a width, its cut marked by `ellipsis`.
 *
 * @param width in terminal columns
 * @param ellipsis one column wide
 * @param position where it is cut: names differ at their end, so they are cut in the middle
 */
export const truncate = (
  text: string,
  width: number,
  ellipsis: string,
  position: 'middle' | 'end' = 'end',
): string => {
  const line = printable(text, Math.max(200, width * 8));
  if (printableAscii.test(line)) {
    if (line.length <= width) return line;
    if (position === 'end') return width < 1 ? '' : line.slice(0, width - 1) + ellipsis;
  }
  return cliTruncate(line, width, { truncationCharacter: ellipsis, position });
};

/** The text in exactly `width` columns: cut, or filled with blanks on the given side. */
export const fit = (
  text: string,
  width: number,
  ellipsis: string,
  align: 'left' | 'right' = 'left',
): string => {
  const line = truncate(text, width, ellipsis);
  const blank = ' '.repeat(Math.max(0, width - stringWidth(line)));
  return align === 'left' ? line + blank : blank + line;
};

/** The text in lines of at most `width` columns; what `limit` lines can't hold is cut. */
export const wrap = (text: string, width: number, limit: number, ellipsis: string): string[] => {
  if (width < 1 || limit < 1) return [];
  const lines = wrapAnsi(printable(text), width, { hard: true }).split('\n');
  if (lines.length <= limit) return lines;
  const rest = lines.slice(limit - 1).join(' ');
  return [...lines.slice(0, limit - 1), truncate(rest, width, ellipsis)];
};
