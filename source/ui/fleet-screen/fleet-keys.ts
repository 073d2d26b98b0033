import { type KeyContext, type ScreenSize, tell } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import type { FleetView } from './fleet-view.ts';

/** What keys do on the fleet's screen; false for commands that mean the same everywhere. */
export const fleetKeys = (context: KeyContext, command: Command, size: ScreenSize): boolean => {
  const { fleet, order, view } = context.model;
  const table = view.getState().fleet;
  const change = (changes: Partial<FleetView>) =>
    view.dispatch({ type: 'change-fleet', fleet: { ...view.getState().fleet, ...changes } });

  // From the first key on the cursor stays with the node that it is on.
  const current = order.selected(fleet.getState(), table);
  if (current !== undefined && current !== table.selected) change({ selected: current });

  const moveTo = (index: (current: number, count: number) => number) => {
    const rows = order.rows(fleet.getState(), table);
    const target = index(rows.indexOf(current ?? ''), rows.length);
    const selected = rows[Math.max(0, Math.min(rows.length - 1, target))];
    if (selected !== undefined) change({ selected });
    return true;
  };

  switch (command) {
    case 'up':
      return moveTo((index) => index - 1);
    case 'down':
      return moveTo((index) => index + 1);
    case 'page-up':
      return moveTo((index) => index - size.pageSize);
    case 'page-down':
      return moveTo((index) => index + size.pageSize);
    case 'first':
      return moveTo(() => 0);
    case 'last':
      return moveTo((_index, count) => count - 1);
    case 'pane':
      change({ isPaneTall: !table.isPaneTall });
      return true;
    case 'sort-next': {
      const by = table.sorting.by === 'trouble' ? 'node' : 'trouble';
      change({ sorting: { by, isReversed: false } });
      tell(
        context,
        'good',
        by === 'node' ? 'Nodes by name' : 'Nodes that need attention first, then by name',
      );
      return true;
    }
    case 'close':
      if (table.isPaneTall) change({ isPaneTall: false });
      return true;
    default:
      return false;
  }
};
