import { isReplaced } from '../../fleet/is-replaced.ts';
import type { NodeState } from '../../fleet/state.ts';

/** Whether a node needs a person: nothing will mend it by itself, and nothing has its place. */
export const needsAttention = (node: NodeState | undefined): boolean => {
  if (node === undefined || isReplaced(node)) return false;
  const { phase } = node;
  return phase === 'failed' || phase === 'interrupted' || phase === 'degraded';
};
