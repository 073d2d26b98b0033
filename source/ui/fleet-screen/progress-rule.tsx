import { memo } from 'react';
import { isSettled, type Phase } from '../../events/phase.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { useFleet } from '../use-fleet.ts';
import { summarise } from './fleet-overview.ts';

type ProgressRuleProps = {
  /** In terminal columns. */
  readonly width: number;
};

/**
 * The rule under the header, which is also how far the fleet is: heavy and green for the nodes that
 * are ready, red for those in trouble, light for those still to come. The counts say the same.
 */
export const ProgressRule = memo(({ width }: ProgressRuleProps) => {
  const { theme } = useDashboard();
  const shares = useFleet(
    (state) => measureShares(summarise(state).counts, state.nodes.size, width),
    (before, after) => before.ready === after.ready && before.troubled === after.troubled,
  );
  const { heavyLine, line } = theme.glyphs;
  const segments: Segment[] = [
    { text: heavyLine.repeat(shares.ready), style: theme.styles.good },
    { text: heavyLine.repeat(shares.troubled), style: theme.styles.bad },
    { text: line.repeat(width - shares.ready - shares.troubled), style: theme.styles.quiet },
  ];
  return <SegmentLine segments={segments} width={width} />;
});

/** How many columns stand for nodes that are ready, and how many for those in trouble. */
const measureShares = (counts: ReadonlyMap<Phase, number>, nodes: number, width: number) => {
  if (nodes === 0) return { ready: 0, troubled: 0 };
  const ready = counts.get('ready') ?? 0;
  let settled = 0;
  for (const [phase, count] of counts) if (isSettled(phase)) settled += count;
  const readyWidth = Math.floor((ready / nodes) * width);
  // One troubled node of two thousand is still seen.
  const troubled = settled - ready;
  const troubledWidth =
    troubled === 0 ? 0 : Math.max(1, Math.floor((settled / nodes) * width) - readyWidth);
  return { ready: Math.min(readyWidth, width - troubledWidth), troubled: troubledWidth };
};
