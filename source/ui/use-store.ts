import { useRef, useSyncExternalStore } from 'react';
import type { ReadableStore } from './store.ts';

/**
 * What a selector picks from a store. The component renders again only when the picked value
 * differs from the last one, by identity or by the given comparison.
 */
export const useStore = <State, Selection>(
  store: ReadableStore<State>,
  select: (state: State) => Selection,
  isEqual: (before: Selection, after: Selection) => boolean = Object.is,
): Selection => {
  const held = useRef<{ readonly value: Selection }>(undefined);
  // React asks several times for what it has just been told.
  let last: { readonly state: State; readonly value: Selection } | undefined;
  const getSnapshot = () => {
    const state = store.getState();
    if (last !== undefined && last.state === state) return last.value;
    const selected = select(state);
    // The same object as before, or React would take every snapshot for a change.
    const isSame = held.current !== undefined && isEqual(held.current.value, selected);
    const value = isSame && held.current !== undefined ? held.current.value : selected;
    held.current = { value };
    last = { state, value };
    return value;
  };
  return useSyncExternalStore(store.subscribe, getSnapshot);
};
