import type { FleetState, NodeState } from '../../fleet/state.ts';
import { createChangedNodes } from './changed-nodes.ts';
import type { FleetView } from './fleet-view.ts';
import { moveInOrder } from './move-in-order.ts';
import { type FilterTerm, matchesFilter, parseFilter } from './node-filter.ts';
import { createNodeNames } from './node-names.ts';
import { compareSortKeys, type SortKey, sortKey } from './node-sorting.ts';

/** The names of a fleet's nodes in order. */
export interface NodeOrder {
  /** The nodes of the table from the top: those that the filter lets through. */
  rows(state: FleetState, view: FleetView): readonly string[];
  /** Where each region begins in the rows, from the top; empty where they are not grouped. */
  groups(state: FleetState, view: FleetView): readonly RegionGroup[];
  /** All nodes by region and number. */
  byName(state: FleetState): readonly string[];
  /**
   * The node under the cursor: the chosen one, else the first by name. Where the filter hides that,
   * the first row; where it came to be hidden while the table was there, what has its place now.
   */
  selected(state: FleetState, view: FleetView): string | undefined;
  /** Whether a node is in the table. */
  isShown(state: FleetState, view: FleetView, name: string): boolean;
}

/** The rows of one region. */
export type RegionGroup = {
  readonly region: string;
  /** Index of its first row. */
  readonly start: number;
  /** How many there are; at least one. */
  readonly count: number;
};

/** Of this many nodes one may move, and it is less work to move it than to sort all of them. */
const fewest = 20;

/** What the order remembers of a node. */
type Entry = { readonly node: NodeState; readonly isShown: boolean; readonly key: SortKey };

/** What was remembered of nodes that have moved, by their names. */
type Moved = ReadonlyMap<string, Entry | undefined>;

/**
 * An order that costs little to ask for at every event: only nodes that changed are looked at
 * again, rows are only sorted when a node takes another place, and the answers are the same objects
 * for as long as they say the same.
 */
export const createNodeOrder = (): NodeOrder => {
  const collator = new Intl.Collator('en', { numeric: true });
  const byName = createNodeNames(collator);
  const entries = new Map<string, Entry>();
  let changedNodes = createChangedNodes();
  let names: readonly string[] = [];
  let nodes: FleetState['nodes'] | undefined;
  let criteria: Pick<FleetView, 'filter' | 'sorting' | 'isGrouped'> | undefined;
  let filter: readonly FilterTerm[] = [];
  /** What the filter lets through, sorted; of nodes that keep their place maybe as they were. */
  let sorted: readonly Entry[] = [];
  let rows: readonly string[] = [];
  let groups: readonly RegionGroup[] = [];
  /** Where the chosen node was seen last. */
  let lastIndex = 0;

  const update = (state: FleetState, view: FleetView): void => {
    const isSameView = isSame(criteria, view);
    if (isSameView && state.nodes === nodes) return;
    const isSameFleet = byName(state) === names;
    if (!isSameView) {
      if (criteria?.filter !== view.filter) {
        filter = parseFilter(view.filter);
        // What another filter let through is best looked at from the top.
        lastIndex = 0;
      }
      const { filter: text, sorting, isGrouped } = view;
      criteria = { filter: text, sorting, isGrouped };
      entries.clear();
      changedNodes = createChangedNodes();
    }
    if (!isSameFleet) {
      for (const name of names) if (!state.nodes.has(name)) entries.delete(name);
      names = byName(state);
    }
    nodes = state.nodes;
    const moved = lookAtChanges(state, view);
    if (isSameView && isSameFleet && moved.size === 0) return;

    const isSorted = isSameView && isSameFleet && moved.size < sorted.length / fewest;
    sorted = (isSorted ? sortMoved(moved, view) : undefined) ?? sort(shownOf(names), view);
    const inOrder = sorted.map(({ node }) => node.name);
    const arranged = view.isGrouped ? group(inOrder) : { rows: inOrder, groups: [] };
    if (!isSameList(arranged.rows, rows)) rows = arranged.rows;
    if (!isSameGroups(arranged.groups, groups)) groups = arranged.groups;
  };

  /**
   * Nodes that changed and have another place by that, or come into or out of view: what was
   * remembered of each.
   */
  const lookAtChanges = (state: FleetState, { sorting }: FleetView): Moved => {
    const moved = new Map<string, Entry | undefined>();
    changedNodes(state, (_before, node) => {
      if (node === undefined) return;
      const { name } = node;
      const before = entries.get(name);
      if (before?.node === node) return;
      const isShown = matchesFilter(filter, node);
      const key = sortKey(node, sorting.by);
      entries.set(name, { node, isShown, key });
      if (before?.isShown !== isShown) moved.set(name, before);
      else if (isShown && (before.key !== key || before.node.region !== node.region)) {
        moved.set(name, before);
      }
    });
    return moved;
  };

  const shownOf = (some: Iterable<string>): readonly Entry[] => {
    const shown: Entry[] = [];
    for (const name of some) {
      const entry = entries.get(name);
      if (entry?.isShown) shown.push(entry);
    }
    return shown;
  };

  /** @param shown by name */
  const sort = (shown: readonly Entry[], { sorting }: FleetView): readonly Entry[] => {
    if (sorting.by === 'node') return sorting.isReversed ? shown.toReversed() : shown;
    return shown.toSorted((one, other) => compareSortKeys(one.key, other.key, sorting, collator));
  };

  const sortMoved = (moved: Moved, { sorting }: FleetView): readonly Entry[] | undefined => {
    const direction = sorting.by === 'node' && sorting.isReversed ? -1 : 1;
    return moveInOrder(
      sorted,
      [...moved.values()].flatMap((before) => (before?.isShown ? before : [])),
      shownOf(moved.keys()),
      (one, other) =>
        compareSortKeys(one.key, other.key, sorting, collator) ||
        direction * collator.compare(one.node.name, other.node.name),
    );
  };

  const group = (inOrder: readonly string[]) => {
    const byRegion = Map.groupBy(inOrder, (name) => entries.get(name)?.node.region ?? '');
    const regions = [...byRegion].sort(([one], [other]) => collator.compare(one, other));
    let start = 0;
    return {
      rows: regions.flatMap(([, members]) => members),
      groups: regions.map(([region, { length: count }]): RegionGroup => {
        start += count;
        return { region, start: start - count, count };
      }),
    };
  };

  return {
    byName,
    rows(state, view) {
      update(state, view);
      return rows;
    },
    groups(state, view) {
      update(state, view);
      return groups;
    },
    isShown(state, view, name) {
      update(state, view);
      return entries.get(name)?.isShown === true;
    },
    selected(state, view) {
      update(state, view);
      const chosen = currentName(state, view.selected);
      if (chosen !== undefined && state.nodes.has(chosen)) {
        if (entries.get(chosen)?.isShown) {
          lastIndex = rows.indexOf(chosen);
          return chosen;
        }
        return rows[Math.min(lastIndex, rows.length - 1)];
      }
      return view.filter === '' ? names[0] : rows[0];
    },
  };
};

/** The name that a node has by now: it may have been launched in another region. */
const currentName = ({ moved, nodes }: FleetState, name: string | undefined): string | undefined =>
  name === undefined || nodes.has(name) ? name : (moved.get(name) ?? name);

const isSame = (
  before: Pick<FleetView, 'filter' | 'sorting' | 'isGrouped'> | undefined,
  { filter, sorting, isGrouped }: FleetView,
): boolean =>
  before?.filter === filter &&
  before.isGrouped === isGrouped &&
  before.sorting.by === sorting.by &&
  before.sorting.isReversed === sorting.isReversed;

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

const isSameGroups = (one: readonly RegionGroup[], other: readonly RegionGroup[]): boolean =>
  one.length === other.length &&
  one.every((group, index) => {
    const before = other[index];
    return (
      group.region === before?.region &&
      group.start === before.start &&
      group.count === before.count
    );
  });
