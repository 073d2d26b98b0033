/**
 * A sorted list without some of its items and with others: what stays is not looked at again.
 *
 * @param gone items of the list, or equal ones
 * @returns undefined if one of these is not where it belongs in the list
 */
export const moveInOrder = <Item>(
  sorted: readonly Item[],
  gone: readonly Item[],
  come: readonly Item[],
  compare: (one: Item, other: Item) => number,
): readonly Item[] | undefined => {
  const items = [...sorted];
  for (const item of gone) {
    const index = placeOf(item, items, compare);
    const found = items[index];
    if (found === undefined || compare(found, item) !== 0) return undefined;
    items.splice(index, 1);
  }
  for (const item of come) items.splice(placeOf(item, items, compare), 0, item);
  return items;
};

/** Index at which an item belongs into sorted ones. */
export const placeOf = <Item>(
  item: Item,
  sorted: readonly Item[],
  compare: (one: Item, other: Item) => number,
): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other !== undefined && compare(other, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};
