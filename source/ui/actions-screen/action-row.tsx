import { memo } from 'react';
import type { ActionState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration, formatTime } from '../duration.ts';
import { describeNodes } from '../keys/targets.ts';
import { countOutcomes } from '../output-screen/outcome-counts.ts';
import { actionMark } from '../output-screen/outcome-mark.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { fit, printable } from '../text.ts';
import { useClock } from '../use-clock.ts';

/** Columns of a table of actions; without room for all of them, who asked comes last. */
export type ActionColumns = {
  readonly nodes: number;
  readonly result: number;
};

const timeWidth = 8;
const nameWidth = 9;
const elapsedWidth = 6;
const gap = '  ';

/** The columns that fit a window. */
export const layOutActions = (actions: readonly ActionState[], width: number): ActionColumns => {
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length));
  return {
    nodes: Math.min(Math.floor(width / 4), widest(actions.map(subjectOf))),
    result: Math.min(Math.floor(width / 3), widest(actions.map(resultOf))),
  };
};

type ActionRowProps = {
  readonly action: ActionState;
  readonly columns: ActionColumns;
  readonly isSelected: boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** When what was asked of whom by whom, and how far it is. */
export const ActionRow = memo(({ action, columns, isSelected, width }: ActionRowProps) => {
  const { theme } = useDashboard();
  const { ellipsis, marker } = theme.glyphs;
  const { quiet, strong } = theme.styles;
  const elapsed = useClock('second', ({ now }) =>
    formatDuration((action.endedAt ?? now) - action.startedAt),
  );
  const mark = actionMark(action, countOutcomes(action).failed, theme);
  const styled = (style: Segment['style'] = {}) => (isSelected ? {} : style);
  return (
    <SegmentLine
      segments={[
        { text: isSelected ? `${marker} ` : '  ' },
        { text: `${mark.glyph} `, style: styled(mark.style) },
        { text: formatTime(action.startedAt).padEnd(timeWidth) + gap, style: styled(quiet) },
        { text: action.action.padEnd(nameWidth) + gap, style: styled(strong) },
        { text: fit(subjectOf(action), columns.nodes, ellipsis) + gap },
        { text: fit(resultOf(action), columns.result, ellipsis) + gap },
        { text: elapsed.padStart(elapsedWidth) + gap, style: styled(quiet) },
        { text: moreOf(action) },
        { text: `by ${action.by}`, style: styled(quiet) },
      ]}
      width={width}
      isFilled={isSelected}
      style={{ inverse: isSelected }}
    />
  );
});

const moreOf = ({ detail, failure }: ActionState): string => {
  const parts = [detail, failure].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${printable(parts.join(': '), 200)}${gap}`;
};

const subjectOf = ({ nodes }: ActionState): string =>
  nodes.length === 0 ? 'no node' : describeNodes(nodes);

/** `12 of 30, 2 failed` while it runs, `28 succeeded, 2 failed` when it is over. */
const resultOf = (action: ActionState): string => {
  const { cancelled, failed, skipped, succeeded } = countOutcomes(action);
  if (action.failure !== undefined) return 'failed';
  if (action.nodes.length === 0) return action.state === 'started' ? '' : 'nothing was done';
  const over = succeeded + failed + cancelled + skipped;
  const parts = [
    action.state === 'started'
      ? `${over} of ${action.nodes.length}`
      : succeeded > 0 || over === 0
        ? `${succeeded} succeeded`
        : '',
    failed > 0 ? `${failed} failed` : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
};
