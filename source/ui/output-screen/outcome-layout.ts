import { breakRows, columnsOf, textOf } from '../log-screen/log-text.ts';
import { nameLines } from '../overlays/name-lines.ts';
import type { OutcomeEntry } from './outcome-entries.ts';

/** A line of the screen's list: the title of an entry, or one below it. */
export type OutcomePlace = {
  /** Key of the entry. */
  readonly entry: string;
  /** 0 for the title. */
  readonly line: number;
};

/** A row below an entry's title. */
export type BodyRow = {
  readonly text: string;
  /** Whether it is said about the output, and not by it. */
  readonly isNote: boolean;
};

/** An entry with its rows, from the title on. */
export type OutcomeBlock = {
  readonly entry: OutcomeEntry;
  readonly isExpanded: boolean;
  /** Row of the title in the whole list. */
  readonly top: number;
  readonly body: readonly BodyRow[];
};

export type OutcomeLayoutOptions = {
  readonly entries: readonly OutcomeEntry[];
  readonly expanded: ReadonlySet<string>;
  /** Whether an entry that is not expanded shows the first lines of its output. */
  readonly hasPreview: boolean;
  /** Of the list, in terminal columns and rows. */
  readonly width: number;
  readonly height: number;
  readonly ellipsis: string;
};

/** Columns before a body's text. */
export const bodyIndent = 4;

/** Rows of names below a title. */
const mostNameRows = 4;

/** The rows of all entries from the top. */
export const layOutOutcome = (options: OutcomeLayoutOptions): readonly OutcomeBlock[] => {
  const { entries, expanded, hasPreview, height } = options;
  // What the window has room for, shared by all, and something to tell outputs apart.
  const room = hasPreview ? Math.max(3, Math.floor(height / Math.max(1, entries.length)) - 1) : 0;
  let top = 0;
  return entries.map((entry) => {
    const isExpanded = expanded.has(entry.key);
    const body = isExpanded ? expandedBody(entry, options) : previewBody(entry, room, options);
    const block = { entry, isExpanded, top, body };
    top += 1 + body.length;
    return block;
  });
};

/** Rows of the whole list. */
export const countRows = (blocks: readonly OutcomeBlock[]): number => {
  const last = blocks.at(-1);
  return last === undefined ? 0 : last.top + 1 + last.body.length;
};

/** Index of the block that a row of the list belongs to. */
export const blockAt = (blocks: readonly OutcomeBlock[], row: number): number => {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((blocks[middle]?.top ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Where the cursor is now: an entry that is no more leaves it at the top. */
export const currentBlock = (
  blocks: readonly OutcomeBlock[],
  cursor: OutcomePlace | undefined,
): { readonly block: OutcomeBlock; readonly line: number } | undefined => {
  const block = blocks.find(({ entry }) => entry.key === cursor?.entry) ?? blocks[0];
  if (block === undefined) return undefined;
  const line = block.entry.key === cursor?.entry ? cursor.line : 0;
  return { block, line: block.isExpanded ? Math.min(line, block.body.length) : 0 };
};

/**
 * The place that is so many rows below, or above. Only titles and the rows of expanded entries can
 * be gone to: the cursor goes on in its direction to the next of them.
 */
export const placeFrom = (
  blocks: readonly OutcomeBlock[],
  cursor: OutcomePlace | undefined,
  step: number,
): OutcomePlace | undefined => {
  const current = currentBlock(blocks, cursor);
  if (current === undefined) return undefined;
  const from = current.block.top + current.line;
  const wanted = Math.max(0, Math.min(countRows(blocks) - 1, from + step));
  const index = blockAt(blocks, wanted);
  const block = blocks[index];
  if (block === undefined) return undefined;
  const line = wanted - block.top;
  if (line === 0 || block.isExpanded) return { entry: block.entry.key, line };
  const next = step > 0 ? blocks[index + 1] : block;
  return { entry: (next ?? block).entry.key, line: 0 };
};

/** The first lines of an output; the last ones where it failed, for there it says why. */
const previewBody = (
  { lines, status }: OutcomeEntry,
  room: number,
  { width, ellipsis }: OutcomeLayoutOptions,
): BodyRow[] => {
  if (room === 0) return [];
  const isEnd = status === 'failed';
  const hidden = lines.length > room ? lines.length - room + 1 : 0;
  const shown = isEnd ? lines.slice(hidden) : lines.slice(0, lines.length - hidden);
  const rows = shown.map((line) => ({ text: textOf(line.slice(0, width * 8)), isNote: false }));
  if (hidden === 0) return rows;
  const count = `${ellipsis} ${hidden.toLocaleString('en-US')}`;
  return isEnd
    ? [{ text: `${count} lines before`, isNote: true }, ...rows]
    : [...rows, { text: `${count} more lines`, isNote: true }];
};

const expandedBody = (
  { detail, lines, nodes }: OutcomeEntry,
  { width, ellipsis }: OutcomeLayoutOptions,
): BodyRow[] => {
  const room = Math.max(1, width - bodyIndent);
  const names =
    nodes.length === 1 ? [] : nameLines(nodes, { width: room, most: mostNameRows, ellipsis });
  return [
    ...names.map((text) => ({ text, isNote: true })),
    ...(fitsTitle(detail, width) ? [] : wrapRows(detail, room)).map((text) => ({
      text,
      isNote: true,
    })),
    ...lines.flatMap((line) => wrapRows(line, room).map((text) => ({ text, isNote: false }))),
  ];
};

/** The title has a third of the window for whom it is about. */
const fitsTitle = (detail: string, width: number): boolean =>
  columnsOf(detail) <= Math.floor((width * 2) / 3) - 8;

const wrapRows = (line: string, width: number): string[] => {
  const text = textOf(line);
  const starts = breakRows(text, width);
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
};
