import { type KeyContext, type ScreenSize, tell } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { openNode } from '../node-screen/open-node.ts';
import { askFilter } from './ask-filter.ts';
import type { FleetView } from './fleet-view.ts';
import { clearMarks, forgetGone, markAll, markRange, toggleMark } from './mark-nodes.ts';
import { goToTrouble } from './next-trouble.ts';
import { describeSorting, nextSorting, type Sorting } from './node-sorting.ts';

/** What keys do on the fleet's screen; false for commands that mean the same everywhere. */
export const fleetKeys = (context: KeyContext, command: Command, size: ScreenSize): boolean => {
  const { fleet, order, view } = context.model;
  const state = fleet.getState();
  const change = (table: FleetView) => view.dispatch({ type: 'change-fleet', fleet: table });
  const select = (selected: string) => change({ ...view.getState().fleet, selected });

  const { nodes } = state;
  const remaining = forgetGone(view.getState().fleet, (name) => nodes.has(name));
  const cursor = order.selected(state, remaining);
  // From the first key on the cursor stays with the node that it is on.
  const table =
    cursor === undefined || cursor === remaining.selected
      ? remaining
      : { ...remaining, selected: cursor };
  change(table);
  const rows = order.rows(state, table);

  const moveTo = (target: (index: number) => number) => {
    const index = Math.max(0, Math.min(rows.length - 1, target(rows.indexOf(cursor ?? ''))));
    const next = rows[index];
    if (next !== undefined) select(next);
  };
  const sort = (sorting: Sorting) => {
    change({ ...table, sorting });
    tell(context, 'good', describeSorting(sorting));
  };
  /** Does something with the node under the cursor, or says why there is none. */
  const withCursor = (act: (name: string) => void) => {
    if (cursor !== undefined) act(cursor);
    else tell(context, 'warning', nodes.size > 0 ? noMatch : 'There is no node yet');
  };

  switch (command) {
    case 'up':
      moveTo((index) => index - 1);
      return true;
    case 'down':
      moveTo((index) => index + 1);
      return true;
    case 'page-up':
      moveTo((index) => index - size.pageSize);
      return true;
    case 'page-down':
      moveTo((index) => index + size.pageSize);
      return true;
    case 'first':
      moveTo(() => 0);
      return true;
    case 'last':
      moveTo(() => rows.length - 1);
      return true;
    case 'open':
      withCursor((name) => openNode(context, name));
      return true;
    case 'pane':
      change({ ...table, isPaneTall: !table.isPaneTall });
      return true;
    case 'filter':
      askFilter(context);
      return true;
    case 'sort-next':
      sort(nextSorting(table.sorting, 1));
      return true;
    case 'sort-previous':
      sort(nextSorting(table.sorting, -1));
      return true;
    case 'sort-reverse':
      sort({ ...table.sorting, isReversed: !table.sorting.isReversed });
      return true;
    case 'group':
      change({ ...table, isGrouped: !table.isGrouped });
      tell(context, 'good', table.isGrouped ? 'All regions together' : 'Nodes by region');
      return true;
    case 'next-failure':
      goToTrouble(context, { cursor, select, step: 1 });
      return true;
    case 'previous-failure':
      goToTrouble(context, { cursor, select, step: -1 });
      return true;
    case 'mark':
      withCursor((name) => {
        change(toggleMark(table, name));
        moveTo((index) => index + 1);
      });
      return true;
    case 'mark-range':
      withCursor((name) => {
        const marked = markRange(table, rows, name);
        if (marked === undefined) tell(context, 'warning', noRange(context, table));
        else change(marked);
      });
      return true;
    case 'mark-all':
      withCursor(() => change(markAll(table, rows)));
      return true;
    case 'close':
      change(close(table));
      return true;
    default:
      return false;
  }
};

const noMatch = 'No node matches the filter';

/** Why no range can be selected. */
const noRange = ({ model: { keys } }: KeyContext, { anchor }: FleetView): string => {
  if (anchor !== undefined) return `${anchor}, where the range begins, is hidden by the filter`;
  const [key = ''] = keys.of('fleet').find(({ command }) => command === 'mark')?.keys ?? [];
  const label = key === ' ' ? 'Space' : key;
  return `${label} selects where a range begins, then this goes on to the cursor`;
};

/** Takes back what a person did last of what is seen: more of the log, the selection, the filter. */
const close = (table: FleetView): FleetView => {
  if (table.isPaneTall) return { ...table, isPaneTall: false };
  if (table.marked.size > 0) return clearMarks(table);
  return table.filter === '' ? table : { ...table, filter: '' };
};
