import { Box, useWindowSize } from 'ink';
import { useDashboard } from './dashboard-context.ts';
import { DetailPane } from './detail-pane.tsx';
import { EmptyFleet } from './empty-fleet.tsx';
import { Footer } from './footer.tsx';
import { layOutFrame, smallestWindow } from './frame-layout.ts';
import { Header } from './header.tsx';
import { NodeTable } from './node-table.tsx';
import { Overlays } from './overlays.tsx';
import { ProgressRule } from './progress-rule.tsx';
import { StatusLine } from './status-line.tsx';
import { TooSmall } from './too-small.tsx';
import { useFleet } from './use-fleet.ts';
import { type UseKeysOptions, useKeys } from './use-keys.ts';
import { useView } from './use-view.ts';

export type DashboardProps = UseKeysOptions & {
  /** What is shown: `spot-tui`, or what a recording is called. */
  readonly title: string;
  readonly platform: NodeJS.Platform;
};

/** The dashboard's whole screen. */
export const Dashboard = (props: DashboardProps) => {
  const { title, isDriven, platform } = props;
  const { order } = useDashboard();
  const { columns, rows } = useWindowSize();
  const ordering = useView((view) => view.ordering);
  const chosen = useView((view) => view.selected);
  const isPaneTall = useView((view) => view.isPaneTall);
  const names = useFleet((state) => order.rows(state, ordering));
  const selected = useFleet((state) => order.selected(state, chosen));
  const layout = layOutFrame({ rows, nodes: names.length, isPaneTall, platform });
  const isTooSmall = columns < smallestWindow.columns || rows < smallestWindow.rows;
  useKeys(props, { pageSize: layout.table, isTooSmall });

  if (isTooSmall) return <TooSmall columns={columns} rows={rows} />;
  return (
    <Box flexDirection="column" width={columns} height={layout.height} overflow="hidden">
      <Header title={title} width={columns} height={layout.header} />
      <ProgressRule width={columns} />
      {names.length === 0 ? (
        <EmptyFleet width={columns} height={layout.table + layout.pane + 1} />
      ) : (
        <>
          <NodeTable order={names} selected={selected} width={columns} height={layout.table} />
          {layout.pane > 0 && <DetailPane name={selected} width={columns} height={layout.pane} />}
        </>
      )}
      <StatusLine width={columns} />
      <Footer
        selected={selected}
        canAct={props.actions !== undefined}
        isDriven={isDriven}
        width={columns}
      />
      <Overlays window={{ columns, rows: layout.height }} />
    </Box>
  );
};
