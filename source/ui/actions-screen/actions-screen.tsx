import { Box } from 'ink';
import { useRef } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { windowOffset } from '../fleet-screen/window-offset.ts';
import { SegmentLine } from '../segment-line.tsx';
import { useFleet } from '../use-fleet.ts';
import type { Screen } from '../view-state.ts';
import { actionIndex, newestFirst } from './action-list.ts';
import { ActionRow, layOutActions } from './action-row.tsx';

type ActionsScreenProps = {
  readonly screen: Extract<Screen, { type: 'actions' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** All that was asked of the fleet in this run, newest first, and what has come of it. */
export const ActionsScreen = ({ screen, height, width }: ActionsScreenProps) => {
  const { theme } = useDashboard();
  const { line } = theme.glyphs;
  const { quiet, strong } = theme.styles;
  const known = useFleet((state) => state.actions);
  const actions = newestFirst({ actions: known });
  const previous = useRef(0);
  const index = actionIndex(actions, screen.selected);
  const room = height - 1;
  const offset = windowOffset({
    count: actions.length,
    height: room,
    selected: index,
    previous: previous.current,
  });
  previous.current = offset;
  const columns = layOutActions(actions, width);
  const count = actions.length === 1 ? '1 action' : `${actions.length} actions`;
  const title = actions.length === 0 ? ' Actions ' : ` ${count}, newest first `;
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflowY="hidden">
      <SegmentLine
        segments={[
          { text: line.repeat(2), style: quiet },
          { text: title, style: strong },
          { text: line.repeat(Math.max(0, width - 2 - title.length)), style: quiet },
        ]}
        width={width}
      />
      {actions.length === 0 ? (
        <Empty width={width} />
      ) : (
        actions
          .slice(offset, offset + room)
          .map((action) => (
            <ActionRow
              key={action.id}
              action={action}
              columns={columns}
              isSelected={action === actions[index]}
              width={width}
            />
          ))
      )}
    </Box>
  );
};

const Empty = ({ width }: { readonly width: number }) => {
  const { theme } = useDashboard();
  return (
    <>
      <SegmentLine
        segments={[{ text: ' Nothing was asked of this fleet so far', style: theme.styles.strong }]}
        width={width}
      />
      <SegmentLine
        segments={[
          {
            text: ' Keys that act on nodes show here how far they are: ? lists them',
            style: theme.styles.quiet,
          },
        ]}
        width={width}
      />
    </>
  );
};
