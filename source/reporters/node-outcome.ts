import { isSettled } from '../events/phase.ts';
import { isReplaced } from '../fleet/is-replaced.ts';
import type { NodeState } from '../fleet/state.ts';

/** What came of a node, for a report. */
export type NodeOutcome = {
  /** Why it is not ready: one line; empty for a node that is. */
  readonly reason: string;
  /** From the beginning of its current attempt until it settled, or until now; milliseconds. */
  readonly duration: number;
};

/** @param now Milliseconds since the Unix epoch. */
export const outcomeOf = (node: NodeState, now: number): NodeOutcome => {
  const began = node.timeline[0]?.time ?? now;
  const settled = node.timeline.find(({ phase }) => isSettled(phase))?.time ?? now;
  return { reason: reasonOf(node), duration: Math.max(0, settled - began) };
};

const reasonOf = (node: NodeState): string => {
  const { phase, replacedBy, trouble } = node;
  if (phase === 'ready') return '';
  if (isReplaced(node)) return `${replacedBy} has its place: ${trouble?.reason ?? phase}`;
  if (trouble === undefined) return `not finished: still ${phase}`;
  return trouble.failedPhase === undefined
    ? trouble.reason
    : `in ${trouble.failedPhase}: ${trouble.reason}`;
};
