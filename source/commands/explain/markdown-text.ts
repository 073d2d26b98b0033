import type { Token, Tokens } from 'marked';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

export type MarkdownTextOptions = {
  /** In terminal columns: longer lines are wrapped, but for code. */
  readonly width: number;
  readonly strong: (text: string) => string;
  /** Words in bold at the begin of a paragraph, which say what it is about. */
  readonly lead: (text: string) => string;
  /** Code within a sentence, and a line of code by itself. */
  readonly code: (text: string) => string;
  readonly codeLine: (text: string) => string;
  /** What a link says where it can't be followed. */
  readonly link: (text: string, target: string) => string;
};

/** A page that is written in Markdown as lines for a terminal: no blank ones at either end. */
export const markdownText = (
  tokens: readonly Token[],
  options: MarkdownTextOptions,
): readonly string[] => {
  const blocks = tokens.map((token) => blockLines(token, options));
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
};

const blockLines = (token: Token, options: MarkdownTextOptions): readonly string[] => {
  switch (token.type) {
    case 'space':
    case 'hr':
      return [];
    case 'code':
      return (token as Tokens.Code).text
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${options.codeLine(line)}`));
    case 'heading':
      return [options.strong(inline((token as Tokens.Heading).tokens, options))];
    case 'list':
      return listLines(token as Tokens.List, options);
    case 'table':
      return tableLines(token as Tokens.Table, options);
    case 'blockquote':
      return indented(
        markdownText((token as Tokens.Blockquote).tokens, narrower(options, 2)),
        '  ',
      );
    default:
      return wrapped(
        paragraph(('tokens' in token ? token.tokens : undefined) ?? [token], options),
        options.width,
      );
  }
};

const paragraph = ([first, ...rest]: readonly Token[], options: MarkdownTextOptions): string => {
  if (first === undefined) return '';
  const isLead = first.type === 'strong';
  return (
    inline([first], isLead ? { ...options, strong: options.lead } : options) + inline(rest, options)
  );
};

const listLines = (list: Tokens.List, options: MarkdownTextOptions): string[] => {
  const first = list.start === '' ? 1 : list.start;
  const marks = list.items.map((_item, index) => (list.ordered ? `${first + index}. ` : '- '));
  const indent = Math.max(...marks.map((mark) => mark.length));
  return list.items.flatMap(({ tokens }, index) => {
    const lines = tokens.flatMap((token) => blockLines(token, narrower(options, indent)));
    return indented(lines, ' '.repeat(indent), (marks[index] ?? '').padEnd(indent));
  });
};

/** A window is seldom as wide as a table: each row is its first cell, with the others below it. */
const tableLines = ({ header, rows }: Tokens.Table, options: MarkdownTextOptions): string[] => {
  const titles = header.slice(1).map(({ text }) => text);
  const titleWidth = Math.max(0, ...titles.map((title) => stringWidth(title))) + 2;
  // Where there is but one, the text before the table says what it is.
  const indent = titles.length < 2 ? 0 : titleWidth;
  return rows.flatMap(([first, ...cells], row) => [
    ...(row === 0 ? [] : ['']),
    ...wrapped(options.strong(inline(first?.tokens, options)), options.width),
    ...cells.flatMap(({ tokens }, column) => {
      const text = inline(tokens, options);
      if (text === '') return [];
      const title = indent === 0 ? '' : `${titles[column]}  `.padEnd(indent);
      const lines = wrapped(text, options.width - 2 - indent);
      return indented(lines, ' '.repeat(2 + indent), `  ${title}`);
    }),
  ]);
};

const inline = (tokens: readonly Token[] | undefined, options: MarkdownTextOptions): string =>
  (tokens ?? []).map((token) => piece(token, options)).join('');

const piece = (token: Token, options: MarkdownTextOptions): string => {
  switch (token.type) {
    case 'strong':
      return options.strong(inline(token.tokens, options));
    case 'codespan':
      return options.code(
        token.text.length <= longestUnbroken ? token.text.replaceAll(' ', unbroken) : token.text,
      );
    case 'link':
      return options.link(inline(token.tokens, options), token.href);
    case 'br':
      return '\n';
    case 'escape':
      return token.text;
    case 'text':
    case 'em':
    case 'del':
      return token.tokens === undefined ? token.text : inline(token.tokens, options);
    default:
      return token.raw;
  }
};

/** Code that is not longer is not wrapped: a command is copied as one. */
const longestUnbroken = 40;

const unbroken = '\u00A0';

const narrower = (options: MarkdownTextOptions, columns: number): MarkdownTextOptions => ({
  ...options,
  width: options.width - columns,
});

const wrapped = (text: string, width: number): string[] =>
  wrapAnsi(text.replaceAll(/ *\n */g, ' '), Math.max(1, width), { hard: true })
    .replaceAll(unbroken, ' ')
    .split('\n');

const indented = (lines: readonly string[], indent: string, first = indent): string[] =>
  lines.map((line, index) => (line === '' ? '' : `${index === 0 ? first : indent}${line}`));
