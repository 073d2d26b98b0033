import { Box } from 'ink';
import type { FleetState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useFleet } from '../use-fleet.ts';
import { useView } from '../use-view.ts';
import { DetailPane } from './detail-pane.tsx';
import { EmptyFleet } from './empty-fleet.tsx';
import type { FleetView } from './fleet-view.ts';
import type { FrameLayout } from './frame-layout.ts';
import { Header } from './header.tsx';
import { NoMatch } from './no-match.tsx';
import type { NodeOrder } from './node-order.ts';
import { NodeTable } from './node-table.tsx';

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
  const rows = useFleet((state) => order.rows(state, view));
  const groups = useFleet((state) => order.groups(state, view));
  const selected = useFleet((state) => order.selected(state, view));
  const count = useFleet(({ nodes }) => nodes.size);
  const marked = useFleet((state) => countMarked(state, view));
  const hidden = useFleet((state) => countHidden(state, view, order));
  return (
    <>
      <Header
        title={title}
        filter={view.filter}
        shown={rows.length}
        marked={marked}
        hidden={hidden}
        width={width}
        height={layout.header}
      />
      {rows.length > 0 ? (
        <Box flexDirection="column" flexShrink={0}>
          <NodeTable
            rows={rows}
            groups={groups}
            selected={selected}
            marked={view.marked}
            sorting={view.sorting}
            width={width}
            height={layout.table}
          />
          {layout.pane > 0 && <DetailPane name={selected} width={width} height={layout.pane} />}
        </Box>
      ) : count > 0 ? (
        <NoMatch
          filter={view.filter}
          count={count}
          width={width}
          height={layout.table + layout.pane + 1}
        />
      ) : (
        <EmptyFleet width={width} height={layout.table + layout.pane + 1} />
      )}
    </>
  );
};

/** How many of the nodes that were selected are still there. */
const countMarked = ({ nodes }: FleetState, { marked }: FleetView): number =>
  [...marked].filter((name) => nodes.has(name)).length;

/** How many of them the filter hides. */
const countHidden = (state: FleetState, view: FleetView, order: NodeOrder): number =>
  [...view.marked].filter((name) => state.nodes.has(name) && !order.isShown(state, view, name))
    .length;
