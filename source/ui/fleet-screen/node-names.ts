import type { FleetState } from '../../fleet/state.ts';
import { placeOf } from './move-in-order.ts';

/**
 * The names of a fleet's nodes by region and number. The function that is returned remembers its
 * last answer, and gives the same array for as long as no node comes or goes: a fleet of thousands
 * is only looked through when something happened, and nothing is sorted twice.
 */
export const createNodeNames = (collator: Intl.Collator) => {
  let sorted: readonly string[] = [];
  let known: ReadonlySet<string> = new Set();
  let nodes: FleetState['nodes'] | undefined;

  return (state: FleetState): readonly string[] => {
    if (state.nodes === nodes) return sorted;
    nodes = state.nodes;
    const stayed = sorted.every((name) => state.nodes.has(name))
      ? sorted
      : sorted.filter((name) => state.nodes.has(name));
    if (stayed.length === state.nodes.size) {
      sorted = stayed;
    } else {
      const names = [...stayed];
      for (const name of state.nodes.keys()) {
        if (!known.has(name)) names.splice(placeOf(name, names, collator.compare), 0, name);
      }
      sorted = names;
    }
    if (sorted.length !== known.size || sorted !== stayed) known = new Set(sorted);
    return sorted;
  };
};
