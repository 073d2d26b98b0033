/** Ascending numbers that are added at the end and dropped from the front. */
export interface NumberList {
  readonly count: number;
  /** Undefined beyond the ends. */
  at(index: number): number | undefined;
  /** Index of the first number that is not less; `count` if there is none. */
  indexOf(number: number): number;
  add(number: number): void;
  /** Drops the numbers that are less. */
  dropBefore(number: number): void;
}

/** Dropped numbers that may stay in memory. */
const mostDropped = 10_000;

export const createNumberList = (): NumberList => {
  let numbers: number[] = [];
  let start = 0;

  const find = (number: number): number => {
    let low = start;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get count() {
      return numbers.length - start;
    },
    at: (index) => (index < 0 ? undefined : numbers[start + index]),
    indexOf: (number) => find(number) - start,
    add(number) {
      numbers.push(number);
    },
    dropBefore(number) {
      start = find(number);
      if (start < mostDropped) return;
      numbers = numbers.slice(start);
      start = 0;
    },
  };
};
