import type { Action, NodeResult } from './action-log.ts';
import type { Rollout } from './actions.ts';
import { onEachNode } from './each-node.ts';

/** The nodes in the groups in which they are worked on: the canary first, then batches. */
const rolloutStages = <Node>(
  nodes: readonly Node[],
  { batchSize, canary }: Pick<Rollout, 'batchSize' | 'canary'>,
): Node[][] => {
  const stages = canary > 0 ? [nodes.slice(0, canary)] : [];
  const size = Math.max(1, batchSize);
  for (let at = Math.max(0, canary); at < nodes.length; at += size) {
    stages.push(nodes.slice(at, at + size));
  }
  return stages.filter((stage) => stage.length > 0);
};

/** `first 1 as a canary, then 5 at a time, until 2 failed`. */
export const describeRollout = ({ batchSize, canary, maxFailures }: Rollout): string =>
  [
    ...(canary > 0 ? [`first ${canary} as a canary`] : []),
    `${canary > 0 ? 'then ' : ''}${batchSize} at a time`,
    `until ${Math.max(1, maxFailures)} failed`,
  ].join(', ');

/**
 * Works on nodes stage by stage. A canary that fails ends it, and so do as many failures as the
 * rollout allows: whatever is left then is skipped.
 */
export const rollOut = async <Node extends { readonly name: string }>(
  action: Action,
  nodes: readonly Node[],
  rollout: Rollout,
  work: (node: Node) => Promise<NodeResult>,
): Promise<void> => {
  const mostFailures = Math.max(1, rollout.maxFailures);
  const failed: string[] = [];
  for (const [position, stage] of rolloutStages(nodes, rollout).entries()) {
    await onEachNode(action, stage, stage.length, work);
    for (const { name } of stage) {
      if (action.results.get(name)?.status === 'failed') failed.push(name);
    }
    if (action.signal.aborted) return;
    const isCanary = position === 0 && rollout.canary > 0;
    if (isCanary && failed.length > 0) {
      action.settleRest({
        status: 'skipped',
        detail: `not begun: the canary ${failed.join(', ')} failed`,
      });
      return;
    }
    if (failed.length >= mostFailures) {
      action.settleRest({
        status: 'skipped',
        detail: `not begun: ${failed.length} of at most ${mostFailures} ${mostFailures === 1 ? 'failure' : 'failures'}`,
      });
      return;
    }
  }
};
