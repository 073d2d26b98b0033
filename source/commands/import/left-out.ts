/** Something of an old checkout that has no place in the new folder. */
export type LeftOut = {
  /** Paths in the checkout, keys of the configuration with their line, or parts of a file. */
  readonly what: readonly string[];
  readonly reason: string;
  /** What to do in its place; absent where nothing is needed. */
  readonly instead?: string;
};

/** The same with equal reasons put together, in the order of their first. */
export const groupedByReason = (rows: readonly LeftOut[]): LeftOut[] => {
  const groups = new Map<string, LeftOut>();
  for (const row of rows) {
    const key = JSON.stringify([row.reason, row.instead]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? row : { ...known, what: [...known.what, ...row.what] });
  }
  return [...groups.values()];
};
