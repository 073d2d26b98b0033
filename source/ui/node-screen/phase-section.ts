import type { NodeState, Timeline } from '../../fleet/state.ts';
import { formatDuration, formatTime } from '../duration.ts';
import type { Segment } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';
import {
  flow,
  labelled,
  labelWidth,
  type PageContext,
  type PageLine,
  type PageSection,
} from './page-section.ts';

/** Milliseconds that a phase took, or has taken so far. */
type Step = {
  readonly phase: Timeline[number]['phase'];
  readonly time: number;
  readonly duration: number;
  readonly isOver: boolean;
};

/** Columns of the longest bar. */
const longestBar = 24;

/** The phases of the node's attempts: the current one by phase, earlier ones by what came of them. */
export const phaseSection = (node: NodeState, context: PageContext): PageSection => {
  const steps = stepsOf(node.timeline, context.now);
  const earlier = node.earlier.map(({ attempt, timeline }) =>
    labelled(`attempt ${attempt}`, [{ text: outcomeOf(timeline) }], context),
  );
  const chart = chartOf(steps, context);
  const [last] = earlier.slice(-1);
  const chain = chainOf(steps, context);
  const small: readonly PageLine[] = last === undefined ? chain : [last, ...chain];
  const all = earlier.length + chart.length;
  if (steps.length === 0) return { sizes: [], lines: () => [] };
  return {
    sizes: [1, small.length, ...(context.isCompact ? [] : [all])].filter(
      (size, index, sizes) => size > (sizes[index - 1] ?? 0),
    ),
    lines(size) {
      if (size >= all && !context.isCompact) return [...earlier, ...chart];
      return size >= small.length ? small : chain;
    },
  };
};

/** The steps of a timeline, without one that only says that nothing had begun yet. */
const stepsOf = (timeline: Timeline, now: number): Step[] =>
  timeline
    .map(({ phase, time, until }, index) => {
      const next = timeline[index + 1];
      const duration = Math.max(0, (until ?? next?.time ?? now) - time);
      return { phase, time, duration, isOver: next !== undefined };
    })
    .filter(({ phase, duration, isOver }) => phase !== 'pending' || duration >= 1000 || !isOver);

/** One line for each phase, with a bar as long as it took. */
const chartOf = (steps: readonly Step[], context: PageContext): readonly PageLine[] => {
  const { theme, width } = context;
  const room = Math.max(4, Math.min(longestBar, width - labelWidth - 20));
  const works = steps.filter(({ phase }) => theme.phases[phase].isSpinning);
  const longest = Math.max(1, ...works.map(({ duration }) => duration));
  return steps.map((step) => {
    const { style, isSpinning } = theme.phases[step.phase];
    const bar = Math.max(1, Math.round((step.duration / longest) * room));
    const time = formatDuration(step.duration).padStart(6);
    const value: Segment[] = isSpinning
      ? [
          { text: `${time} ` },
          {
            text: theme.glyphs.barFull.repeat(bar),
            style: step.isOver ? theme.styles.quiet : style,
          },
        ]
      : [
          { text: `${time} ` },
          {
            text: `${glyphOf(step, theme)} since ${formatTime(step.time)}`,
            style: step.isOver ? theme.styles.quiet : style,
          },
        ];
    return labelled(step.phase, value, context);
  });
};

const glyphOf = ({ phase }: Step, theme: Theme): string => theme.phases[phase].glyph;

/** The phases in one line; the oldest give way where there is no room. */
const chainOf = (steps: readonly Step[], context: PageContext): readonly PageLine[] => {
  const { theme } = context;
  const pieces = steps.map((step): PageLine => {
    const { style } = theme.phases[step.phase];
    return [
      { text: step.phase, style: step.isOver ? {} : { ...style, bold: true } },
      { text: ` ${formatDuration(step.duration)}`, style: theme.styles.quiet },
    ];
  });
  const separator = ` ${theme.glyphs.arrow} `;
  for (let first = 0; first < pieces.length; first++) {
    const cut: PageLine[] = first === 0 ? [] : [[{ text: theme.glyphs.ellipsis }]];
    const lines = flow([...cut, ...pieces.slice(first)], context, separator);
    if (lines.length === 1) return lines;
  }
  return flow(pieces.slice(-1), context, separator);
};

/** What became of an attempt that is over: `failed in configuring after 1m20s, at 12:00:09`. */
const outcomeOf = (timeline: Timeline): string => {
  const last = timeline.at(-1);
  const first = timeline[0];
  if (last === undefined || first === undefined) return 'unknown';
  const before = timeline.at(-2);
  const where = last.phase === 'failed' && before !== undefined ? ` in ${before.phase}` : '';
  return `${last.phase}${where} after ${formatDuration(last.time - first.time)}, at ${formatTime(last.time)}`;
};
