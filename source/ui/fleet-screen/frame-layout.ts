/** The smallest window in which the dashboard is of use. */
export const smallestWindow = { columns: 40, rows: 10 } as const;

/** How many rows of the window each part of the dashboard gets. */
export type FrameLayout = {
  /** Rows of the whole frame, never more than the window has. */
  readonly height: number;
  /** 2 where there is room: the title, and the counts by phase. */
  readonly header: number;
  /** Nodes, and names of regions, that are visible at once. */
  readonly table: number;
  /** Rows of the selected node's pane with its title; 0 where there is no room. */
  readonly pane: number;
};

/**
 * Divides a window. The table gets what its lines need while the pane keeps a useful size; beyond
 * that the table gets two thirds. A tall pane leaves the table a few rows around the selection.
 *
 * @param platform a frame as tall as the window makes Windows consoles scroll, so it stays lower
 */
export const layOutFrame = (options: {
  readonly rows: number;
  /** Lines that the table has in all. */
  readonly lines: number;
  readonly isPaneTall: boolean;
  readonly platform: NodeJS.Platform;
}): FrameLayout => {
  const height = options.platform === 'win32' ? options.rows - 1 : options.rows;
  const header = height >= 16 ? 2 : 1;
  // The rule under the header, the titles of the columns, the status line and the footer.
  const body = height - header - 4;
  const wanted = Math.max(1, options.lines);
  const smallestPane = height >= 20 ? 7 : 4;
  if (options.isPaneTall) {
    const table = Math.min(wanted, Math.max(1, Math.floor(body / 5)));
    return { height, header, table, pane: body - table };
  }
  if (body - 3 < smallestPane) return { height, header, table: body, pane: 0 };
  const share = Math.max(smallestPane, Math.floor(body / 3));
  const pane = Math.max(share, body - wanted);
  return { height, header, table: body - pane, pane };
};
