import { inParallel } from '../ec2/in-parallel.ts';
import type { Action, NodeResult } from './action-log.ts';

/**
 * Works on the nodes of an action, on at most `atOnce` at a time, and gives each its result. What
 * goes wrong on one node is that node's result; one that is not begun with when the action is
 * cancelled stays untouched.
 */
export const onEachNode = async <Node extends { readonly name: string }>(
  action: Action,
  nodes: readonly Node[],
  atOnce: number,
  work: (node: Node) => Promise<NodeResult>,
): Promise<void> => {
  await inParallel(nodes, atOnce, async (node) => {
    if (action.signal.aborted) {
      action.settle(node.name, action.cancelled('not begun'));
      return;
    }
    try {
      action.settle(node.name, await work(node));
    } catch (error) {
      action.settle(node.name, action.failure(error));
    }
  });
};
