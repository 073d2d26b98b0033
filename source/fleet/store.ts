import type { FleetEvent } from '../events/event.ts';
import { emptyFleet, reduceAll } from './reducer.ts';
import type { FleetState } from './state.ts';

/** What a view needs of the fleet: the state as it is now, and word when it has changed. */
export interface FleetStore {
  getState(): FleetState;
  /** Calls the listener after changes, at most once a frame; returns how to stop that. */
  subscribe(listener: () => void): () => void;
}

/** A fleet store that events can be put into. */
export interface FleetEventStore extends FleetStore {
  /** Counts for the state from now on; listeners hear of it within a frame. */
  dispatch(event: FleetEvent): void;
}

/** Milliseconds between two calls of a listener: each call is a frame of the dashboard. */
const frame = 50;

/** Events that may wait to be folded together. */
const batch = 1000;

/**
 * A store over the fleet's reducer. `getState` is always current; a burst of events, however long,
 * costs the listeners one call a frame.
 */
export const createFleetStore = (initial: FleetState = emptyFleet): FleetEventStore => {
  const listeners = new Set<() => void>();
  let state = initial;
  let pending: FleetEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let notifiedAt = Number.NEGATIVE_INFINITY;

  const fold = (): FleetState => {
    if (pending.length > 0) {
      state = reduceAll(state, pending);
      pending = [];
    }
    return state;
  };

  const notify = () => {
    timer = undefined;
    notifiedAt = performance.now();
    for (const listener of [...listeners]) listener();
  };

  return {
    getState: fold,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    dispatch(event) {
      pending.push(event);
      if (pending.length >= batch) fold();
      if (timer !== undefined || listeners.size === 0) return;
      timer = setTimeout(notify, Math.max(0, notifiedAt + frame - performance.now()));
    },
  };
};
