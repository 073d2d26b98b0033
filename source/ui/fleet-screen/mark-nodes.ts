import type { FleetView } from './fleet-view.ts';

/** Selects a node, or no longer. A range begins at the node that was selected last. */
export const toggleMark = (view: FleetView, name: string): FleetView =>
  view.marked.has(name)
    ? withMarks(view, without(view.marked, new Set([name])))
    : withMarks(view, new Set([...view.marked, name]), name);

/**
 * Selects the nodes from the anchor to the cursor, whichever is first; undefined where the anchor is
 * not in the table, because there is none or the filter hides it.
 *
 * @param rows names of the nodes in the table from the top
 */
export const markRange = (
  view: FleetView,
  rows: readonly string[],
  cursor: string,
): FleetView | undefined => {
  const from = rows.indexOf(view.anchor ?? '');
  const to = rows.indexOf(cursor);
  if (from < 0 || to < 0) return undefined;
  const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  return withMarks(view, new Set([...view.marked, ...range]), cursor);
};

/** Selects all nodes in the table; where all of them are selected, none of them any longer. */
export const markAll = (view: FleetView, rows: readonly string[]): FleetView =>
  rows.every((name) => view.marked.has(name))
    ? withMarks(view, without(view.marked, new Set(rows)))
    : withMarks(view, new Set([...view.marked, ...rows]), view.anchor);

/** Selects no node. */
export const clearMarks = (view: FleetView): FleetView => withMarks(view, new Set());

/** Drops nodes that are no more from the selection: one that comes again was not selected. */
export const forgetGone = (view: FleetView, exists: (name: string) => boolean): FleetView => {
  const gone = [...view.marked].filter((name) => !exists(name));
  const anchor = view.anchor === undefined || exists(view.anchor) ? view.anchor : undefined;
  return gone.length === 0 && anchor === view.anchor
    ? view
    : withMarks(view, without(view.marked, new Set(gone)), anchor);
};

const without = (marked: ReadonlySet<string>, dropped: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...marked].filter((name) => !dropped.has(name)));

const withMarks = (view: FleetView, marked: ReadonlySet<string>, anchor?: string): FleetView => {
  const { anchor: _anchor, ...rest } = view;
  return anchor === undefined ? { ...rest, marked } : { ...rest, marked, anchor };
};
