import { memo } from 'react';
import stringWidth from 'string-width';
import { type Phase, pipelinePhases } from '../../events/phase.ts';
import type { NodeState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { useClock } from '../use-clock.ts';

type TimelineProps = {
  readonly node: NodeState;
  /** In terminal columns. */
  readonly width: number;
};

/**
 * The phases of the current attempt with the time that each took. The oldest ones give way where
 * there is no room; those still to come are only named where there is.
 */
export const Timeline = memo(({ node, width }: TimelineProps) => {
  const { theme } = useDashboard();
  const last = node.timeline.at(-1);
  const isOver = last === undefined || !theme.phases[last.phase].isSpinning;
  const current = useClock('second', ({ now }) => (isOver ? '' : formatDuration(now - last.time)));
  const { arrow, ellipsis } = theme.glyphs;
  const separator: Segment = { text: ` ${arrow} `, style: theme.styles.quiet };

  const past = node.timeline.flatMap((entry, index): Segment[][] => {
    const next = node.timeline[index + 1];
    const { style } = theme.phases[entry.phase];
    if (next === undefined) {
      const time = current === '' ? '' : ` ${current}`;
      return [[{ text: `${entry.phase}${time}`, style: { ...style, bold: true } }]];
    }
    const duration = (entry.until ?? next.time) - entry.time;
    if (duration < 1000 && entry.phase === 'pending') return [];
    return [
      [{ text: entry.phase }, { text: ` ${formatDuration(duration)}`, style: theme.styles.quiet }],
    ];
  });
  const coming = comingPhases(node.phase).map((phase): Segment[] => [
    { text: phase, style: theme.styles.quiet },
  ]);

  const widthOf = (step: readonly Segment[] = []) =>
    step.reduce((sum, { text }) => sum + stringWidth(text), 3);
  const dropped = { start: 0, end: 0 };
  let excess = [...past, ...coming].reduce((sum, step) => sum + widthOf(step), 4 - width);
  while (excess > 0 && dropped.end < coming.length) {
    dropped.end += 1;
    excess -= widthOf(coming.at(-dropped.end));
  }
  while (excess > 0 && dropped.start < past.length - 1) {
    excess -= widthOf(past[dropped.start]);
    dropped.start += 1;
  }

  const steps = [...past.slice(dropped.start), ...coming.slice(0, coming.length - dropped.end)];
  const segments: Segment[] = [{ text: dropped.start > 0 ? ` ${ellipsis} ` : ' ' }];
  for (const [index, step] of steps.entries()) {
    if (index > 0) segments.push(separator);
    segments.push(...step);
  }
  if (dropped.end > 0) segments.push({ text: ` ${ellipsis}`, style: theme.styles.quiet });
  return <SegmentLine segments={segments} width={width} />;
});

const comingPhases = (phase: Phase): readonly Phase[] => {
  const phases: readonly Phase[] = pipelinePhases;
  const index = phases.indexOf(phase);
  return index < 0 ? [] : phases.slice(index + 1);
};
