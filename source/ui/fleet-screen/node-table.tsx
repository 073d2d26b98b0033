import { Box } from 'ink';
import { memo, useMemo, useState } from 'react';
import { useFleet } from '../use-fleet.ts';
import { createContentMeasure, isSameContent, layOutColumns } from './columns.ts';
import type { RegionGroup } from './node-order.ts';
import { NodeRow } from './node-row.tsx';
import type { Sorting } from './node-sorting.ts';
import { RegionRow } from './region-row.tsx';
import { isFirstOfRegion, lineCount, lineOfNode, tableRows } from './table-rows.ts';
import { TableTitles } from './table-titles.tsx';
import { useRowWindow } from './use-row-window.ts';

type NodeTableProps = {
  /** Names of the nodes in the order of the rows. */
  readonly rows: readonly string[];
  /** Where the regions begin; none where the nodes are not grouped. */
  readonly groups: readonly RegionGroup[];
  /** Name of the node under the cursor. */
  readonly selected: string | undefined;
  /** Names of the nodes that were selected for what is done next. */
  readonly marked: ReadonlySet<string>;
  readonly sorting: Sorting;
  /** In terminal columns. */
  readonly width: number;
  /** Rows for nodes and regions, without the titles. */
  readonly height: number;
};

/** The nodes that the window has room for, one a row. Rows follow their node by themselves. */
export const NodeTable = memo((props: NodeTableProps) => {
  const { groups, height, marked, rows, selected, sorting, width } = props;
  const [measureContent] = useState(createContentMeasure);
  const content = useFleet(measureContent, isSameContent);
  const preferred = sorting.by === 'trouble' ? undefined : sorting.by;
  const columns = useMemo(
    () => layOutColumns(width, content, preferred),
    [width, content, preferred],
  );
  const table = { rows, groups };
  const cursor = rows.indexOf(selected ?? '');
  const offset = useRowWindow({
    count: lineCount(table),
    height,
    selected: lineOfNode(cursor, table),
    above: isFirstOfRegion(cursor, table) ? 1 : 0,
  });
  const visible = tableRows(table, offset, height);
  const names = visible.flatMap((row) => (row.type === 'node' ? row.name : []));
  return (
    <Box flexDirection="column" flexShrink={0} height={height + 1}>
      <TableTitles
        columns={columns}
        sorting={sorting}
        width={width}
        position={positionOf(names, rows)}
      />
      {visible.map((row) =>
        row.type === 'region' ? (
          <RegionRow key={`region ${row.group.region}`} group={row.group} width={width} />
        ) : (
          <NodeRow
            key={row.name}
            name={row.name}
            columns={columns}
            width={width}
            isSelected={row.name === selected}
            isMarked={marked.has(row.name)}
          />
        ),
      )}
    </Box>
  );
});

/** Which nodes are visible, where not all are. */
const positionOf = (visible: readonly string[], rows: readonly string[]): string => {
  const [first] = visible;
  if (first === undefined || visible.length === rows.length) return '';
  const start = rows.indexOf(first);
  return `${start + 1}-${start + visible.length} of ${rows.length}`;
};
