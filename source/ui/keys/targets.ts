import type { DashboardModel } from '../dashboard-context.ts';

/**
 * The nodes that an action works on: on the fleet's screen those that are selected, else the one
 * under the cursor; on other screens those that the screen is about.
 */
export const targetNodes = ({ fleet, order, view }: DashboardModel): readonly string[] => {
  const state = fleet.getState();
  const { fleet: table, screens } = view.getState();
  const top = screens.at(-1);
  switch (top?.type) {
    case 'node':
      return [top.node];
    case 'log':
      return top.nodes;
    case 'output':
    case 'actions':
      return [];
    case undefined: {
      const marked = order.byName(state).filter((name) => table.marked.has(name));
      if (marked.length > 0) return marked;
      const selected = order.selected(state, table);
      return selected === undefined ? [] : [selected];
    }
    default:
      return top satisfies never;
  }
};
