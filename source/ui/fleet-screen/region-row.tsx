import { memo } from 'react';
import type { Phase } from '../../events/phase.ts';
import type { FleetState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { SegmentLine } from '../segment-line.tsx';
import { useFleet } from '../use-fleet.ts';
import { useView } from '../use-view.ts';
import { isSameCounts, orderCounts } from './fleet-overview.ts';
import type { RegionGroup } from './node-order.ts';
import { phaseCounts, widthOf } from './phase-counts.ts';

type RegionRowProps = {
  readonly group: RegionGroup;
  /** In terminal columns. */
  readonly width: number;
};

/** The line above the nodes of a region: how many of them are in which phase. */
export const RegionRow = memo(({ group, width }: RegionRowProps) => {
  const { order, theme } = useDashboard();
  const view = useView(({ fleet }) => fleet);
  const counts = useFleet(
    (state) => countGroup(order.rows(state, view), group, state),
    isSameCounts,
  );
  const { count, region } = group;
  const name = [
    { text: region, style: theme.styles.strong },
    {
      text: `  ${count} ${count === 1 ? 'node' : 'nodes'}   `,
      style: theme.styles.quiet,
    },
  ];
  const room = width - 1 - widthOf(name);
  return (
    <SegmentLine segments={[...name, ...phaseCounts(counts, theme, room)]} width={width - 1} />
  );
});

const countGroup = (
  rows: readonly string[],
  { start, count }: RegionGroup,
  { nodes }: FleetState,
): ReadonlyMap<Phase, number> => {
  const tally = new Map<Phase, number>();
  for (let index = start; index < start + count; index++) {
    const phase = nodes.get(rows[index] ?? '')?.phase;
    if (phase !== undefined) tally.set(phase, (tally.get(phase) ?? 0) + 1);
  }
  return orderCounts(tally);
};
