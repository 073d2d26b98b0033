/** Collects what many callers want at about the same time into one piece of work. */
export type Batcher<Item, Result> = {
  /** Rejects with the signal's reason as soon as it aborts; the others' work goes on. */
  add(items: readonly Item[], signal: AbortSignal): Promise<Result>;
};

type Entry<Item, Result> = {
  readonly items: readonly Item[];
  readonly resolve: (result: Result | PromiseLike<Result>) => void;
  readonly left: () => boolean;
};

/**
 * The first caller opens a window of that many milliseconds; `run` gets everything that came in
 * it, and all of them get its result. Its signal aborts once every caller has given up.
 */
export const createBatcher = <Item, Result>(
  window: number,
  run: (items: readonly Item[], signal: AbortSignal) => Promise<Result>,
): Batcher<Item, Result> => {
  let waiting: Entry<Item, Result>[] = [];
  let controller = new AbortController();

  const flush = () => {
    const batch = waiting.filter(({ left }) => !left());
    waiting = [];
    const { signal } = controller;
    controller = new AbortController();
    if (batch.length === 0) return;
    const result = run(
      batch.flatMap(({ items }) => items),
      signal,
    );
    for (const { resolve } of batch) resolve(result);
  };

  return {
    async add(items, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const batchController = controller;
      const batch = waiting;
      const onAbort = () => {
        reject(signal.reason);
        if (batch.every(({ left }) => left())) batchController.abort(signal.reason);
      };
      batch.push({ items, resolve, left: () => signal.aborted });
      if (batch.length === 1) setTimeout(flush, window);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
};
