import { Text } from 'ink';
import { memo } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import type { Theme } from '../theme.ts';
import { type Column, markerWidth } from './columns.ts';
import type { Sorting } from './node-sorting.ts';

type TableTitlesProps = {
  readonly columns: readonly Column[];
  readonly sorting: Sorting;
  /** In terminal columns. */
  readonly width: number;
  /** Which rows are visible, where not all are; stands at the right if there is room. */
  readonly position: string;
};

/** The names of the columns; an arrow stands at the one by which the rows are sorted. */
export const TableTitles = memo(({ columns, position, sorting, width }: TableTitlesProps) => {
  const { theme } = useDashboard();
  const titles = columns.map((column) => {
    const title = titleOf(column, sorting, theme).slice(0, column.width);
    const isRight = column.id === 'time' || column.id === 'price';
    const filled = isRight ? title.padStart(column.width) : title.padEnd(column.width);
    return ' '.repeat(column.gap) + filled;
  });
  const line = ' '.repeat(markerWidth) + titles.join('');
  const room = width - position.length - 1;
  return (
    <Text wrap="truncate" {...theme.styles.quiet}>
      {line.trimEnd().length < room ? line.slice(0, room).padEnd(room) + position : line}
    </Text>
  );
});

const titleOf = ({ id, title }: Column, { by, isReversed }: Sorting, theme: Theme): string => {
  if (id !== by) return title;
  const { ascending, descending } = theme.hasUnicode ? unicodeArrows : asciiArrows;
  return title + (isReversed ? descending : ascending);
};

const unicodeArrows = { ascending: '↑', descending: '↓' } as const;
const asciiArrows = { ascending: '^', descending: 'v' } as const;
