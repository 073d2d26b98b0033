import { Box } from 'ink';
import { useDashboard } from '../dashboard-context.ts';
import { useFleet } from '../use-fleet.ts';
import { useView } from '../use-view.ts';
import { DetailPane } from './detail-pane.tsx';
import { EmptyFleet } from './empty-fleet.tsx';
import type { FrameLayout } from './frame-layout.ts';
import { Header } from './header.tsx';
import { NodeTable } from './node-table.tsx';
import { ProgressRule } from './progress-rule.tsx';

type FleetScreenProps = {
  /** What is shown: `spot-tui`, or what a recording is called. */
  readonly title: string;
  /** In terminal columns. */
  readonly width: number;
  readonly layout: FrameLayout;
};

/** All nodes, and more of the one under the cursor. */
export const FleetScreen = ({ layout, title, width }: FleetScreenProps) => {
  const { order } = useDashboard();
  const view = useView(({ fleet }) => fleet);
  const names = useFleet((state) => order.rows(state, view));
  const selected = useFleet((state) => order.selected(state, view));
  return (
    <>
      <Header title={title} width={width} height={layout.header} />
      <ProgressRule width={width} />
      {names.length === 0 ? (
        <EmptyFleet width={width} height={layout.table + layout.pane + 1} />
      ) : (
        <Box flexDirection="column" flexShrink={0}>
          <NodeTable order={names} selected={selected} width={width} height={layout.table} />
          {layout.pane > 0 && <DetailPane name={selected} width={width} height={layout.pane} />}
        </Box>
      )}
    </>
  );
};
