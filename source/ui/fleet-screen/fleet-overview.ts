import { isSettled, type Phase, pipelinePhases, sidePhases } from '../../events/phase.ts';
import { fleetCost } from '../../fleet/fleet-cost.ts';
import type { FleetState } from '../../fleet/state.ts';

/** What the header says of the whole fleet. */
export type FleetOverview = {
  readonly deployment: string;
  readonly command: string;
  readonly nodes: number;
  readonly regions: number;
  /** How many nodes are in each phase; phases without nodes are absent. */
  readonly counts: ReadonlyMap<Phase, number>;
  /** Nodes that something is still being done to, or waits to be done. */
  readonly working: number;
  /** What the instances cost, in US dollars an hour; absent while no price is known. */
  readonly pricePerHour: number | undefined;
  /** Whether there are instances whose price is not known. */
  readonly isPricePartial: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number | undefined;
  /** When the last node settled, in the same unit; absent while nodes are in work. */
  readonly settledAt: number | undefined;
};

/** All phases, the ones that need a person first, then the finished, then the most advanced. */
export const byUrgency: readonly Phase[] = [
  'failed',
  'interrupted',
  'degraded',
  ...pipelinePhases.toReversed(),
  ...sidePhases.filter((phase) => phase === 'terminating' || phase === 'terminated'),
];

/** Sums the fleet up; the counts come in the order in which they are shown. */
export const summarise = (state: FleetState): FleetOverview => {
  const tally = new Map<Phase, number>();
  const regions = new Set(state.regions);
  let working = 0;
  let lastChange = Number.NEGATIVE_INFINITY;
  for (const node of state.nodes.values()) {
    tally.set(node.phase, (tally.get(node.phase) ?? 0) + 1);
    regions.add(node.region);
    if (!isSettled(node.phase)) working++;
    lastChange = Math.max(lastChange, node.phaseSince);
  }
  const { startedAt } = state;
  const { pricePerHour, unknown } = fleetCost(state);
  // A fleet that was at rest before the command began has no moment at which it settled.
  const hasSettled = working === 0 && startedAt !== undefined && lastChange > startedAt;
  return {
    deployment: state.deployment,
    command: state.command,
    nodes: state.nodes.size,
    regions: regions.size,
    counts: orderCounts(tally),
    working,
    pricePerHour,
    isPricePartial: unknown > 0,
    startedAt,
    settledAt: hasSettled ? lastChange : undefined,
  };
};

/** Whether two overviews say the same. */
export const isSameOverview = (before: FleetOverview, after: FleetOverview): boolean =>
  before.deployment === after.deployment &&
  before.command === after.command &&
  before.nodes === after.nodes &&
  before.regions === after.regions &&
  before.pricePerHour === after.pricePerHour &&
  before.isPricePartial === after.isPricePartial &&
  before.startedAt === after.startedAt &&
  before.settledAt === after.settledAt &&
  isSameCounts(before.counts, after.counts);

/** Counts by phase in the order in which they are shown. */
export const orderCounts = (tally: ReadonlyMap<Phase, number>): ReadonlyMap<Phase, number> =>
  new Map(
    byUrgency.flatMap((phase) => {
      const count = tally.get(phase);
      return count === undefined ? [] : [[phase, count] as const];
    }),
  );

export const isSameCounts = (
  before: ReadonlyMap<Phase, number>,
  after: ReadonlyMap<Phase, number>,
): boolean =>
  before.size === after.size && [...before].every(([phase, count]) => after.get(phase) === count);
