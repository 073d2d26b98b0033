import type { FleetState, NodeState } from '../../fleet/state.ts';

/** Hears of a node as it was and as it is; undefined before it came and after it is gone. */
export type ChangeListener = (before: NodeState | undefined, after: NodeState | undefined) => void;

/**
 * What has changed in a fleet since it was last asked for. All nodes are compared by identity, which
 * takes microseconds for thousands; whatever takes longer is only to be done for those that changed.
 */
export const createChangedNodes = () => {
  let known: (NodeState | undefined)[] = [];
  let nodes: FleetState['nodes'] | undefined;

  return (state: Pick<FleetState, 'nodes'>, listener: ChangeListener): void => {
    if (state.nodes === nodes) return;
    nodes = state.nodes;
    let index = 0;
    for (const node of nodes.values()) {
      const before = known[index];
      if (before !== node) {
        known[index] = node;
        // Behind a node that is gone, every place is another one's: what leaves comes back as well.
        listener(before, node);
      }
      index++;
    }
    const gone = known.slice(index);
    known = gone.length === 0 ? known : known.slice(0, index);
    for (const node of gone) listener(node, undefined);
  };
};
