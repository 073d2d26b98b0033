import type { NodeState } from '../fleet/state.ts';

/** What is to be known of a node that is well: EC2 may take it back soon, or it may be another's. */
export const warningsOf = ({ hostKey, rebalanceSince }: NodeState): readonly string[] => [
  ...(rebalanceSince === undefined ? [] : ['rebalance']),
  ...(hostKey === 'pinned' ? ['unverified'] : []),
];
