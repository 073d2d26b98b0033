import stringWidth from 'string-width';
import { textTable } from './text-table.ts';

export type TableColumn = {
  readonly title: string;
  /** From the first row to the last. */
  readonly cells: readonly string[];
  /** The same in fewer columns of the terminal, for where the whole doesn't fit. */
  readonly short?: readonly string[];
  /** Columns leave in the order of these numbers where there is no room; without one it stays. */
  readonly leaves?: number;
};

export type FittingTable = {
  readonly lines: readonly string[];
  /** Titles of the columns for which there was no room, from the left. */
  readonly leftOut: readonly string[];
};

/**
 * A table that doesn't wrap: where it is wider than the terminal, its cells are shortened and then
 * its columns left out, those first that are worth least.
 *
 * @param width of the terminal, in its columns; undefined where whatever reads it takes all
 */
export const fittingTable = (
  columns: readonly TableColumn[],
  width: number | undefined,
): FittingTable => {
  const isTooWide = () =>
    width !== undefined &&
    widthOf(columns.filter((column) => !leftOut.has(column)).map(inForm)) > width;
  const shortened = new Set<TableColumn>();
  const leftOut = new Set<TableColumn>();
  const inForm = (column: TableColumn): TableColumn =>
    shortened.has(column) ? { ...column, cells: column.short ?? column.cells } : column;
  const leaving = columns
    .filter(({ leaves }) => leaves !== undefined)
    .toSorted((one, other) => (one.leaves ?? 0) - (other.leaves ?? 0));
  for (const column of columns) {
    if (column.short !== undefined && isTooWide()) shortened.add(column);
  }
  for (const column of leaving) if (isTooWide()) leftOut.add(column);

  const shown = columns.filter((column) => !leftOut.has(column)).map(inForm);
  const rows = (columns[0]?.cells ?? []).map((_, row) =>
    shown.map(({ cells }) => cells[row] ?? ''),
  );
  return {
    lines: textTable(
      shown.map(({ title }) => title),
      rows,
    ),
    leftOut: columns.filter((column) => leftOut.has(column)).map(({ title }) => title),
  };
};

/** Says what is not in a table, and how to see it; nothing where all of it is there. */
export const leftOutLine = ({ leftOut }: FittingTable): string[] =>
  leftOut.length === 0
    ? []
    : [`Not in a window this narrow: ${leftOut.join(', ')}. Through a pipe all columns come.`];

/** A list in the room for one: `us-west-2 +3`. */
export const firstAndMore = ([first = '-', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} +${others.length}`;

const gap = 2;

const widthOf = (columns: readonly TableColumn[]): number =>
  columns.reduce(
    (sum, { cells, title }) =>
      sum + Math.max(...[title, ...cells].map((cell) => stringWidth(cell))),
    gap * (columns.length - 1),
  );
