import type { ActionState } from '../../fleet/state.ts';
import type { OutcomeStatus } from './outcome-entries.ts';

/** How many nodes an action has come how far with. */
export type OutcomeCounts = Readonly<Record<OutcomeStatus, number>>;

export const countOutcomes = ({ nodes, results }: ActionState): OutcomeCounts => {
  const counts = { succeeded: 0, failed: 0, running: 0, cancelled: 0, skipped: 0, waiting: 0 };
  for (const node of nodes) counts[results.get(node)?.status ?? 'waiting'] += 1;
  return counts;
};

/** The counts in the order in which they are told, without those that are nought. */
export const toldCounts = (
  counts: OutcomeCounts,
): readonly { readonly status: OutcomeStatus; readonly count: number }[] =>
  toldOrder.map((status) => ({ status, count: counts[status] })).filter(({ count }) => count > 0);

const toldOrder: readonly OutcomeStatus[] = [
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
  'running',
  'waiting',
];
