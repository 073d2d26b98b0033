import { isSettled, type Phase, pipelinePhases, sidePhases } from '../../events/phase.ts';
import { isCharged } from '../../fleet/fleet-cost.ts';
import { addCountedPrices } from '../../fleet/instance-prices.ts';
import type { FleetState, NodeState } from '../../fleet/state.ts';
import { createChangedNodes } from './changed-nodes.ts';
import { createTally } from './tally.ts';

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

/**
 * Sums fleets up; the counts come in the order in which they are shown. The function that is returned
 * remembers: only nodes that have changed since its last call are looked at again.
 */
export const createOverview = (): ((state: FleetState) => FleetOverview) => {
  const changedNodes = createChangedNodes();
  const phases = createTally<Phase>();
  const regions = createTally<string>();
  const prices = createTally<number | undefined>();
  /** When the last node entered its phase; undefined where that has to be found out again. */
  let lastChange: number | undefined;

  const leave = (node: NodeState): void => {
    phases.remove(node.phase);
    regions.remove(node.region);
    if (isCharged(node)) prices.remove(node.pricePerHour);
  };
  const enter = (node: NodeState): void => {
    phases.add(node.phase);
    regions.add(node.region);
    if (isCharged(node)) prices.add(node.pricePerHour);
  };

  return (state) => {
    changedNodes(state, (before, after) => {
      if (before !== undefined) leave(before);
      if (after !== undefined) enter(after);
      if (lastChange === undefined || before?.phaseSince === after?.phaseSince) return;
      if (after !== undefined && after.phaseSince >= lastChange) lastChange = after.phaseSince;
      else if (before?.phaseSince === lastChange) lastChange = undefined;
    });
    const counts = orderCounts(phases.counts);
    const working = [...counts].reduce(
      (sum, [phase, count]) => sum + (isSettled(phase) ? 0 : count),
      0,
    );
    lastChange ??= latestChange(state);
    const { startedAt } = state;
    const { pricePerHour, unknown } = addCountedPrices(prices.counts);
    // A fleet that was at rest before the command began has no moment at which it settled.
    const hasSettled = working === 0 && startedAt !== undefined && lastChange > startedAt;
    return {
      deployment: state.deployment,
      command: state.command,
      nodes: state.nodes.size,
      regions: new Set([...state.regions, ...regions.counts.keys()]).size,
      counts,
      working,
      pricePerHour,
      isPricePartial: unknown > 0,
      startedAt,
      settledAt: hasSettled ? lastChange : undefined,
    };
  };
};

const latestChange = ({ nodes }: FleetState): number => {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { phaseSince } of nodes.values()) latest = Math.max(latest, phaseSince);
  return latest;
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
