import type { Phase } from '../../events/phase.ts';
import type { FleetState } from '../../fleet/state.ts';
import type { FleetView } from './fleet-view.ts';

/** The names of a fleet's nodes in order. */
export interface NodeOrder {
  /** The order of the table's rows. */
  rows(state: FleetState, view: FleetView): readonly string[];
  /** All nodes by region and number. */
  byName(state: FleetState): readonly string[];
  /** The node under the cursor: the chosen one, else the first by name. */
  selected(state: FleetState, view: FleetView): string | undefined;
}

/**
 * An order that costs little to ask for at every event: names are sorted only when nodes come or
 * go, and the answer is the same array for as long as it says the same.
 */
export const createNodeOrder = (): NodeOrder => {
  const collator = new Intl.Collator('en', { numeric: true });
  let sorted: readonly string[] = [];
  let answer: readonly string[] = [];

  const byName = (state: FleetState) => {
    const isStale =
      sorted.length !== state.nodes.size || sorted.some((name) => !state.nodes.has(name));
    if (isStale) sorted = [...state.nodes.keys()].sort(collator.compare);
    return sorted;
  };

  return {
    byName,
    rows(state, { sorting }) {
      const names = byName(state);
      const rows = sorting.by === 'node' ? names : troubleFirst(names, state);
      if (!isSameList(rows, answer)) answer = rows;
      return answer;
    },
    selected: (state, { selected: chosen }) =>
      chosen !== undefined && state.nodes.has(chosen) ? chosen : byName(state)[0],
  };
};

const troubleFirst = (names: readonly string[], state: FleetState): readonly string[] => {
  const troubled = names.filter((name) => needsAPerson(state.nodes.get(name)?.phase));
  if (troubled.length === 0) return names;
  const others = names.filter((name) => !needsAPerson(state.nodes.get(name)?.phase));
  return [...troubled, ...others];
};

const needsAPerson = (phase: Phase | undefined): boolean =>
  phase === 'failed' || phase === 'interrupted' || phase === 'degraded';

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);
