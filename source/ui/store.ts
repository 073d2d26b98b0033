/** State outside React that components read through `useStore`. */
export interface ReadableStore<State> {
  getState(): State;
  subscribe(listener: () => void): () => void;
}

/** A store whose state only changes by actions that a pure function understands. */
export interface ActionStore<State, Action> extends ReadableStore<State> {
  dispatch(action: Action): void;
}

/** A store that applies actions at once, so that the next key already sees the last one's effect. */
export const createStore = <State, Action>(
  initial: State,
  reduce: (state: State, action: Action) => State,
): ActionStore<State, Action> => {
  const listeners = new Set<() => void>();
  let state = initial;
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    dispatch(action) {
      const before = state;
      state = reduce(state, action);
      if (state !== before) for (const listener of [...listeners]) listener();
    },
  };
};
