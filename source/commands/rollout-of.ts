import type { Rollout } from '../fleet/actions.ts';
import { UsageError } from './exit-status.ts';
import type { Options } from './options.ts';

/**
 * The rollout that the options ask for, for a number of nodes; undefined for all nodes at once.
 *
 * @throws UsageError for a bound on failures where all nodes are begun with at once.
 */
export const rolloutOf = ({
  batch,
  canary,
  maxFailures,
}: Pick<Options, 'batch' | 'canary' | 'maxFailures'>): ((nodes: number) => Rollout) | undefined => {
  if (batch === undefined && canary === undefined) {
    if (maxFailures === undefined) return undefined;
    throw new UsageError(
      '--max-failures comes too late where all nodes are begun with at once',
      'Write --batch N, too.',
    );
  }
  return (nodes) => ({
    canary: canary ?? 0,
    batchSize: batch ?? nodes,
    maxFailures: maxFailures ?? 1,
  });
};
