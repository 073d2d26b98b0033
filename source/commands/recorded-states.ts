import type { FleetEvent } from '../events/event.ts';
import { emptyFleet, reduceAll } from '../fleet/reducer.ts';
import type { FleetState } from '../fleet/state.ts';

/** The states that a fleet went through, each to be had at once. */
export type RecordedStates = {
  /** The state after so many events. */
  at(count: number): FleetState;
};

/** States that are kept at most: they share what did not change between them. */
const snapshotLimit = 200;

/**
 * Folds events as far as is asked for, and keeps a state every so often, so that going back costs
 * no more than the events since the last of those.
 */
export const createRecordedStates = (events: readonly FleetEvent[]): RecordedStates => {
  const spacing = Math.max(500, Math.ceil(events.length / snapshotLimit));
  const snapshots: FleetState[] = [emptyFleet];
  let current = { count: 0, state: emptyFleet };

  return {
    at: (count) => {
      const nearest = Math.min(Math.floor(count / spacing), snapshots.length - 1);
      let at = { count: nearest * spacing, state: snapshots[nearest] ?? emptyFleet };
      if (current.count <= count && current.count > at.count) at = current;
      while (at.count < count) {
        const next = Math.min(count, (Math.floor(at.count / spacing) + 1) * spacing);
        at = { count: next, state: reduceAll(at.state, events.slice(at.count, next)) };
        if (next === snapshots.length * spacing) snapshots.push(at.state);
      }
      current = at;
      return at.state;
    },
  };
};
