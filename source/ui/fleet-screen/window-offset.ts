/**
 * Index of the first visible row: the last one if the selected row is visible from there, else
 * the nearest from which it is. Never scrolls past the end.
 */
export const windowOffset = (options: {
  readonly count: number;
  readonly height: number;
  /** Index of the selected row; less than zero for none. */
  readonly selected: number;
  /** Rows above the selected one that belong to it, and are visible with it where there is room. */
  readonly above?: number;
  /** The offset of the last frame. */
  readonly previous: number;
}): number => {
  const { count, height, selected, above = 0, previous } = options;
  const last = Math.max(0, count - height);
  const least = selected - height + 1;
  const most = Math.max(0, selected - Math.min(above, height - 1));
  return Math.min(last, Math.max(0, least, Math.min(previous, most)));
};
