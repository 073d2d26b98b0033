/**
 * Makes one line of foreign text harmless and predictable to show: no escape sequences, no control
 * characters, none of the invisible marks that reorder text, tabs expanded to eight columns, lone
 * surrogates replaced. Nothing of what is left can move a cursor or change a colour.
 */
export const cleanText = (text: string): string => {
  if (plain.test(text)) return text;

  return expandTabs(
    text
      .toWellFormed()
      .replace(escapeSequences, '')
      .replace(lineBreaks, ' ')
      .replace(unprintable, ''),
  );
};

const plain = /^[\x20-\x7e]*$/;

/**
 * ECMA-48: control sequences (5.4); control strings with what they carry, up to their terminator,
 * the next escape or the end (5.6); any other escape sequence (ECMA-35 13.2).
 *
 * Each alternative takes whatever it has looked at, so that a hostile line costs linear time: Node's
 * `stripVTControlCharacters` looks for a missing terminator again and again, and takes seconds for
 * 100 kB. strip-ansi leaves what control strings carry.
 * The eight-bit introducers are only removed, because in UTF-8 they are usually text that was encoded
 * twice, and must not take the rest of the line with them.
 */
const escapeSequences =
  /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]?|[PX\]^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[\x20-\x2f]*[\x30-\x7e]?)/g;

const lineBreaks = /[\n\v\f\u2028\u2029]/g;

// C0 but tab, DEL, C1; then what reorders or hides text: bidirectional controls, the word joiner
// group, byte order mark, annotation and tag characters.
const unprintable =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const tabWidth = 8;

const expandTabs = (text: string): string => {
  if (!text.includes('\t')) return text;

  return text
    .split('\t')
    .reduce((left, right) => left + ' '.repeat(tabWidth - (left.length % tabWidth)) + right);
};
