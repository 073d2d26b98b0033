import { Box, Text } from 'ink';
import { memo, useMemo } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { useFleet } from '../use-fleet.ts';
import {
  type Column,
  isSameContent,
  layOutColumns,
  markerWidth,
  measureContent,
} from './columns.ts';
import { NodeRow } from './node-row.tsx';
import { useRowWindow } from './use-row-window.ts';

type NodeTableProps = {
  /** Names of all nodes in the order of the rows. */
  readonly order: readonly string[];
  /** Name of the selected node. */
  readonly selected: string | undefined;
  /** In terminal columns. */
  readonly width: number;
  /** Rows for nodes, without the titles. */
  readonly height: number;
};

/** The nodes that the window has room for, one a row. Rows follow their node by themselves. */
export const NodeTable = memo(({ order, selected, width, height }: NodeTableProps) => {
  const content = useFleet(measureContent, isSameContent);
  const columns = useMemo(() => layOutColumns(width, content), [width, content]);
  const offset = useRowWindow(order.length, height, order.indexOf(selected ?? ''));
  const visible = order.slice(offset, offset + height);
  return (
    <Box flexDirection="column" flexShrink={0} height={height + 1}>
      <Titles columns={columns} width={width} position={positionOf(offset, height, order.length)} />
      {visible.map((name) => (
        <NodeRow
          key={name}
          name={name}
          columns={columns}
          width={width}
          isSelected={name === selected}
        />
      ))}
    </Box>
  );
});

type TitlesProps = {
  readonly columns: readonly Column[];
  /** In terminal columns. */
  readonly width: number;
  /** Which rows are visible, where not all are; stands at the right if there is room. */
  readonly position: string;
};

const Titles = memo(({ columns, width, position }: TitlesProps) => {
  const { theme } = useDashboard();
  const titles = columns.map((column) => {
    const title =
      column.id === 'time'
        ? column.title.padStart(column.width)
        : column.title.padEnd(column.width);
    return ' '.repeat(column.gap) + title;
  });
  const line = ' '.repeat(markerWidth) + titles.join('');
  const room = width - position.length - 1;
  return (
    <Text wrap="truncate" {...theme.styles.quiet}>
      {line.trimEnd().length < room ? line.slice(0, room).padEnd(room) + position : line}
    </Text>
  );
});

const positionOf = (offset: number, height: number, count: number): string =>
  count > height ? `${offset + 1}-${Math.min(count, offset + height)} of ${count}` : '';
