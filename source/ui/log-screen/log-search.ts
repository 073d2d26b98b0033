import { printable } from '../text.ts';

/** What is searched for, as a pattern; undefined for nothing. */
export type Pattern = {
  readonly expression: RegExp;
  /** Code units around a place that can belong to an occurrence there. */
  readonly reach: number;
};

/** A plain text to search for: a capital letter in it makes capitals count. */
export const patternOf = (search: string): Pattern | undefined => {
  const text = printable(search);
  if (text === '') return undefined;
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const flags = text === text.toLowerCase() ? 'giu' : 'gu';
  return { expression: new RegExp(literal, flags), reach: text.length * 2 };
};

/** A place in a text, in code units. */
export type Occurrence = { readonly start: number; readonly end: number };

/** Where a text has the pattern first; undefined for nowhere. */
export const findFirst = (text: string, { expression }: Pattern): Occurrence | undefined => {
  expression.lastIndex = 0;
  const match = expression.exec(text);
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
};

/** Where a part of a text has the pattern, in code units of the whole text. */
export const occurrences = (
  text: string,
  { expression, reach }: Pattern,
  start: number,
  end: number,
): readonly Occurrence[] => {
  const from = Math.max(0, start - reach);
  return [...text.slice(from, end + reach).matchAll(expression)]
    .map((match) => ({ start: from + match.index, end: from + match.index + match[0].length }))
    .filter((found) => found.end > start && found.start < end);
};
