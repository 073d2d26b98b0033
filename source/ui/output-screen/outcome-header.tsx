import type { ActionState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration, formatTime } from '../duration.ts';
import { describeNodes } from '../keys/targets.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { printable } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useClock } from '../use-clock.ts';
import { countOutcomes, type OutcomeCounts, toldCounts } from './outcome-counts.ts';
import { actionMark, outcomeMark } from './outcome-mark.ts';

type OutcomeHeaderProps = {
  readonly action: ActionState;
  /** In terminal columns. */
  readonly width: number;
};

/** What was asked for, by whom and when, and how far it is. */
export const OutcomeHeader = ({ action, width }: OutcomeHeaderProps) => {
  const { theme } = useDashboard();
  const { quiet, strong, accent } = theme.styles;
  const { separator } = theme.glyphs;
  const counts = countOutcomes(action);
  const elapsed = useClock('second', ({ now }) =>
    formatDuration((action.endedAt ?? now) - action.startedAt),
  );
  const mark = actionMark(action, counts.failed, theme);
  const facts = [
    describeNodes(action.nodes),
    `by ${action.by}`,
    `at ${formatTime(action.startedAt)}`,
    stateOf(action, elapsed),
  ].join(` ${separator} `);
  return (
    <>
      <SegmentLine
        segments={[
          { text: ` ${mark.glyph} `, style: mark.style },
          { text: action.action, style: { ...strong, ...accent } },
          // A command may be longer than any window: what it was run on is still seen.
          {
            text: action.detail === undefined ? '' : `  ${printable(action.detail)}`,
            style: strong,
          },
        ]}
        width={width}
      />
      <SegmentLine segments={[{ text: `   ${facts}`, style: quiet }]} width={width} />
      <SegmentLine segments={progressSegments(counts, width, theme)} width={width} />
    </>
  );
};

const stateOf = ({ failure, state }: ActionState, elapsed: string): string => {
  if (failure !== undefined) return `failed: ${printable(failure)}`;
  switch (state) {
    case 'started':
      return `running for ${elapsed}`;
    case 'done':
      return `done after ${elapsed}`;
    case 'cancelled':
      return `cancelled after ${elapsed}`;
    default:
      return state satisfies never;
  }
};

/** Columns of the bar at least, and the share of the window that it takes. */
const narrowestBar = 10;

const progressSegments = (counts: OutcomeCounts, width: number, theme: Theme): Segment[] => {
  const told = toldCounts(counts);
  const total = told.reduce((sum, { count }) => sum + count, 0);
  const texts = told.flatMap(({ count, status }): Segment[] => {
    const { glyph, style } = outcomeMark(status, theme);
    return [{ text: `  ${glyph} `, style }, { text: `${count.toLocaleString('en-US')} ${status}` }];
  });
  const length = texts.reduce((sum, { text }) => sum + text.length, 0);
  const room = Math.max(narrowestBar, Math.min(Math.floor(width / 2), width - length - 4));
  let drawn = 0;
  let counted = 0;
  const bar = told.map(({ count, status }): Segment => {
    counted += count;
    const end = Math.round((counted / total) * room);
    const columns = end - drawn;
    drawn = end;
    const isOpen = status === 'running' || status === 'waiting';
    const { barEmpty, barFull } = theme.glyphs;
    return {
      text: (isOpen ? barEmpty : barFull).repeat(columns),
      style: outcomeMark(status, theme).style,
    };
  });
  return [{ text: '   ' }, ...bar, ...texts];
};
