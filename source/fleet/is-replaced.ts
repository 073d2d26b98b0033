import type { NodeState } from './state.ts';

/**
 * Whether EC2 took the node's machine, or takes it, and another node has its place: nobody misses
 * it, and a fleet is whole without it.
 */
export const isReplaced = ({
  phase,
  replacedBy,
}: Pick<NodeState, 'phase' | 'replacedBy'>): boolean =>
  replacedBy !== undefined &&
  (phase === 'interrupted' || phase === 'terminating' || phase === 'terminated');
