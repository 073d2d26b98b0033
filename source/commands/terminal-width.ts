import type { WriteStream } from 'node:tty';

/**
 * Columns of the terminal that shows the output; undefined where none does, or where it doesn't say.
 */
export const terminalWidth = ({
  columns,
  isTTY,
}: Partial<Pick<WriteStream, 'columns' | 'isTTY'>>): number | undefined =>
  isTTY && columns !== undefined && columns > 0 ? columns : undefined;
