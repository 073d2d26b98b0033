import { Box, useWindowSize } from 'ink';
import { ActionsScreen } from './actions-screen/actions-screen.tsx';
import { useDashboard } from './dashboard-context.ts';
import { FleetScreen } from './fleet-screen/fleet-screen.tsx';
import { layOutFrame, smallestWindow } from './fleet-screen/frame-layout.ts';
import { lineCount } from './fleet-screen/table-rows.ts';
import { Footer } from './footer.tsx';
import { type UseKeysOptions, useKeys } from './keys/use-keys.ts';
import { LogScreen } from './log-screen/log-screen.tsx';
import { NodeScreen } from './node-screen/node-screen.tsx';
import { OutputScreen } from './output-screen/output-screen.tsx';
import { Overlays } from './overlays/overlays.tsx';
import { PromptLine } from './prompt/prompt-line.tsx';
import { StatusLine } from './status-line.tsx';
import { TooSmall } from './too-small.tsx';
import { useFleet } from './use-fleet.ts';
import { useView } from './use-view.ts';
import type { Screen } from './view-state.ts';

export type DashboardProps = UseKeysOptions & {
  /** What is shown: `spot-tui`, or what a recording is called. */
  readonly title: string;
  readonly platform: NodeJS.Platform;
};

/** The dashboard's whole frame: a screen, and below it what was said last and the keys. */
export const Dashboard = (props: DashboardProps) => {
  const { title, isDriven, platform } = props;
  const { order } = useDashboard();
  const { columns, rows } = useWindowSize();
  const fleetView = useView((view) => view.fleet);
  const top = useView((view) => view.screens.at(-1));
  const prompt = useView((view) => view.prompt);
  const hasOverlay = useView((view) => view.overlay !== undefined);
  const lines = useFleet((state) =>
    lineCount({ rows: order.rows(state, fleetView), groups: order.groups(state, fleetView) }),
  );
  const { isPaneTall } = fleetView;
  const layout = layOutFrame({ rows, lines, isPaneTall, platform });
  const isTooSmall = columns < smallestWindow.columns || rows < smallestWindow.rows;
  const body = layout.height - 2;
  const pageSize = hasOverlay ? layout.height - 5 : top === undefined ? layout.table : body;
  useKeys(props, { pageSize, columns, isTooSmall });

  if (isTooSmall) return <TooSmall columns={columns} rows={rows} />;
  return (
    <Box flexDirection="column" width={columns} height={layout.height} overflowY="hidden">
      {top === undefined ? (
        <FleetScreen title={title} width={columns} layout={layout} />
      ) : (
        <TopScreen screen={top} width={columns} height={body} />
      )}
      {prompt === undefined ? (
        <StatusLine width={columns} />
      ) : (
        <PromptLine prompt={prompt} width={columns} />
      )}
      <Footer canAct={props.actions !== undefined} isDriven={isDriven} width={columns} />
      <Overlays window={{ columns, rows: layout.height }} />
    </Box>
  );
};

type TopScreenProps = {
  readonly screen: Screen;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** The screen that was opened last. */
const TopScreen = ({ screen, ...size }: TopScreenProps) => {
  switch (screen.type) {
    case 'node':
      return <NodeScreen screen={screen} {...size} />;
    case 'log':
      return <LogScreen screen={screen} {...size} />;
    case 'output':
      return <OutputScreen screen={screen} {...size} />;
    case 'actions':
      return <ActionsScreen screen={screen} {...size} />;
    default:
      return screen satisfies never;
  }
};
