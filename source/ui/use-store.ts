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
  const getSnapshot = () => {
    const value = select(store.getState());
    // The same object as before, or React would take every snapshot for a change.
    if (held.current !== undefined && isEqual(held.current.value, value)) return held.current.value;
    held.current = { value };
    return value;
  };
  return useSyncExternalStore(store.subscribe, getSnapshot);
};
