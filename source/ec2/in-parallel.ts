/**
 * Runs the work on every item, on at most `limit` at a time, and waits for all of it, failed or
 * not.
 */
export const inParallel = async <Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<PromiseRejectedResult[]> => {
  const rest = items[Symbol.iterator]();
  const failures: PromiseRejectedResult[] = [];
  const worker = async () => {
    for (const item of rest) {
      const [result] = await Promise.allSettled([work(item)]);
      if (result.status === 'rejected') failures.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return failures;
};

export const inChunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
