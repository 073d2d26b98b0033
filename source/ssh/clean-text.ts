import { stripVTControlCharacters } from 'node:util';

/**
 * Makes one line of foreign text harmless and predictable to show: no escape sequences, no control
 * characters, none of the invisible marks that reorder text, tabs expanded to eight columns, lone
 * surrogates replaced. Nothing of what is left can move a cursor or change a colour.
 */
export const cleanText = (text: string): string => {
  if (plain.test(text)) return text;

  return expandTabs(
    stripVTControlCharacters(text.toWellFormed().replace(controlStrings, ''))
      .replace(lineBreaks, ' ')
      .replace(unprintable, ''),
  );
};

const plain = /^[\x20-\x7e]*$/;

// DCS, SOS, OSC, PM and APC with what they carry, up to their terminator (ECMA-48 section 5.6).
const controlStrings = /(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/g;

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
