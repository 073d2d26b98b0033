import type { FleetState, NodeState } from '../fleet/state.ts';
import { useDashboard } from './dashboard-context.ts';
import { useStore } from './use-store.ts';

/** What a selector picks from the fleet; renders again only when that changes. */
export const useFleet = <Selection>(
  select: (state: FleetState) => Selection,
  isEqual?: (before: Selection, after: Selection) => boolean,
): Selection => useStore(useDashboard().fleet, select, isEqual);

/** One node; renders again only when that node changes. */
export const useNode = (name: string | undefined): NodeState | undefined =>
  useFleet((state) => (name === undefined ? undefined : state.nodes.get(name)));
