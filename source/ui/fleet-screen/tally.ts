/** How many times each value is there; values that are not are absent. */
export interface Tally<Value> {
  readonly counts: ReadonlyMap<Value, number>;
  add(value: Value): void;
  remove(value: Value): void;
}

export const createTally = <Value>(): Tally<Value> => {
  const counts = new Map<Value, number>();
  const change = (value: Value, step: 1 | -1): void => {
    const count = (counts.get(value) ?? 0) + step;
    if (count === 0) counts.delete(value);
    else counts.set(value, count);
  };
  return {
    counts,
    add: (value) => change(value, 1),
    remove: (value) => change(value, -1),
  };
};
