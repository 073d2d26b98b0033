import type { RegionGroup } from './node-order.ts';

/** A line of the table. */
export type TableRow =
  | { readonly type: 'node'; readonly name: string }
  | { readonly type: 'region'; readonly group: RegionGroup };

/** The nodes of a table, and where its regions begin. */
export type TableContent = {
  readonly rows: readonly string[];
  /** From the top; none where the nodes are not grouped. */
  readonly groups: readonly RegionGroup[];
};

/** How many lines a table has, those with the names of regions included. */
export const lineCount = ({ rows, groups }: TableContent): number => rows.length + groups.length;

/** The line of a node, given its index in the rows; less than zero stays so. */
export const lineOfNode = (index: number, { groups }: TableContent): number =>
  index < 0 ? index : index + groups.filter(({ start }) => start <= index).length;

/** Whether a node, given its index in the rows, is the first one of its region. */
export const isFirstOfRegion = (index: number, { groups }: TableContent): boolean =>
  groups.some(({ start }) => start === index);

/** Some lines of a table; only these are made, however many there are. */
export const tableRows = (
  { rows, groups }: TableContent,
  offset: number,
  height: number,
): readonly TableRow[] => {
  const visible: TableRow[] = [];
  const end = offset + height;
  if (groups.length === 0) {
    return rows.slice(offset, end).map((name) => ({ type: 'node', name }));
  }
  for (const [index, group] of groups.entries()) {
    // Every region before this one has a line of its own as well.
    const line = group.start + index;
    if (line >= end) break;
    if (line >= offset) visible.push({ type: 'region', group });
    const first = Math.max(0, offset - line - 1);
    const last = Math.min(group.count, end - line - 1);
    for (const name of rows.slice(group.start + first, group.start + Math.max(first, last))) {
      visible.push({ type: 'node', name });
    }
  }
  return visible;
};
