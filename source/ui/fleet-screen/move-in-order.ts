/**
 * A sorted list after some of its items got another place, came, or went: what stays is not compared
 * with each other again.
 *
 * @param hasMoved whether an item of the list is no longer where it belongs, or does not belong there
 * @param moved the items that have, as they belong there now
 */
export const moveInOrder = <Item>(
  sorted: readonly Item[],
  hasMoved: (item: Item) => boolean,
  moved: readonly Item[],
  compare: (one: Item, other: Item) => number,
): readonly Item[] => {
  const items = sorted.filter((item) => !hasMoved(item));
  for (const item of moved) items.splice(placeOf(item, items, compare), 0, item);
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
