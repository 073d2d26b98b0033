import { Box } from 'ink';
import { useDashboard } from '../dashboard-context.ts';
import { LogViewer } from '../log-screen/log-viewer.tsx';
import { SegmentLine } from '../segment-line.tsx';
import { useClock } from '../use-clock.ts';
import { useFleet, useNode } from '../use-fleet.ts';
import { useView } from '../use-view.ts';
import type { Screen } from '../view-state.ts';
import { layOutNodePage } from './node-page.ts';
import { NodeTitle } from './node-title.tsx';

type NodeScreenProps = {
  readonly screen: Extract<Screen, { type: 'node' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** All about one node, and its log below that. */
export const NodeScreen = ({ screen, height, width }: NodeScreenProps) => {
  const { commandLine, keys, order, theme } = useDashboard();
  const node = useNode(screen.node);
  const table = useView(({ fleet }) => fleet);
  const position = useFleet((state) => {
    const rows = order.rows(state, table);
    const index = rows.indexOf(screen.node);
    return index < 0 ? '' : `${index + 1} of ${rows.length}`;
  });
  const movedTo = useFleet((state) => state.moved.get(screen.node));
  const now = useClock('second', (clock) => Math.floor(clock.now / 1000) * 1000);
  const isLogTall = screen.isLogTall === true;
  const page = layOutNodePage(node, { commandLine, keys, theme, now, width, height, isLogTall });
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflowY="hidden">
      <NodeTitle
        name={screen.node}
        node={node}
        movedTo={movedTo}
        position={position}
        now={now}
        width={width}
      />
      {page.lines.map((segments, index) => {
        const key = `line ${index}`;
        return <SegmentLine key={key} segments={segments} width={width - 1} />;
      })}
      <LogViewer
        title="log"
        feed={screen.feed}
        view={screen.log}
        width={width}
        height={page.logHeight}
      />
    </Box>
  );
};
