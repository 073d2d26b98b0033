/** A line that is being typed. */
export type LineEdit = {
  readonly text: string;
  /** Code units before the cursor. */
  readonly cursor: number;
};

/** A line with the cursor at its end. */
export const lineOf = (text: string): LineEdit => ({ text, cursor: text.length });

/** The line after something was typed, or pasted, at the cursor; line breaks become blanks. */
export const insert = ({ text, cursor }: LineEdit, typed: string): LineEdit => {
  const line = typed.replace(/\s*[\r\n]+\s*/g, ' ').replace(/\p{Cc}/gu, '');
  return {
    text: text.slice(0, cursor) + line + text.slice(cursor),
    cursor: cursor + line.length,
  };
};

/** The line after a key that edits it; undefined for a key that does not. */
export const editLine = (line: LineEdit, key: string): LineEdit | undefined => {
  const { text, cursor } = line;
  const before = text.slice(0, cursor);
  const after = text.slice(cursor);
  switch (key) {
    case 'backspace': {
      const kept = withoutLast(before);
      return { text: kept + after, cursor: kept.length };
    }
    case 'delete':
      return { text: before + after.slice(firstLength(after)), cursor };
    case 'left':
      return { text, cursor: withoutLast(before).length };
    case 'right':
      return { text, cursor: cursor + firstLength(after) };
    case 'home':
    case 'ctrl-a':
      return { text, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, cursor: text.length };
    case 'ctrl-u':
      return { text: after, cursor: 0 };
    case 'ctrl-k':
      return { text: before, cursor };
    case 'ctrl-w': {
      const kept = before.replace(/\S+\s*$/, '');
      return { text: kept + after, cursor: kept.length };
    }
    default:
      return [...key].length === 1 ? insert(line, key) : undefined;
  }
};

const characters = (text: string): string[] =>
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(
    ({ segment }) => segment,
  );

const withoutLast = (text: string): string => characters(text).slice(0, -1).join('');

const firstLength = (text: string): number => characters(text)[0]?.length ?? 0;
