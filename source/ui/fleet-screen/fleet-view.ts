import type { ColumnId } from './columns.ts';

/** How the rows are ordered: `trouble` puts nodes that need a person first, then by name. */
export type Sorting = {
  readonly by: 'trouble' | ColumnId;
  readonly isReversed: boolean;
};

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
  readonly sorting: Sorting;
  readonly isGrouped: boolean;
  readonly isPaneTall: boolean;
};

export const initialFleetView: FleetView = {
  marked: new Set(),
  filter: '',
  sorting: { by: 'trouble', isReversed: false },
  isGrouped: false,
  isPaneTall: false,
};
