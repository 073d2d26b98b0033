import type { Sorting } from './node-sorting.ts';

/** What a person did to the table of nodes. */
export type FleetView = {
  /** Name of the node under the cursor. Absent until a person chose one: then the first row's. */
  readonly selected?: string;
  /** Names of the nodes that were selected for what is done next. */
  readonly marked: ReadonlySet<string>;
  /** Where a range begins: the node that was marked last. */
  readonly anchor?: string;
  /** As typed; empty for all nodes. */
  readonly filter: string;
  /** Filters that there were, newest first. */
  readonly filters: readonly string[];
  readonly sorting: Sorting;
  readonly isGrouped: boolean;
  readonly isPaneTall: boolean;
};

export const initialFleetView: FleetView = {
  marked: new Set(),
  filter: '',
  filters: [],
  sorting: { by: 'trouble', isReversed: false },
  isGrouped: false,
  isPaneTall: false,
};
