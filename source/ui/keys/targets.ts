import type { NodeState } from '../../fleet/state.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import type { KeyContext } from './key-context.ts';
import type { NodeCommand } from './key-map.ts';
import { refusal } from './refusal.ts';

/** Nodes that a command leaves out, all for one reason. */
export type LeftOut = {
  readonly nodes: readonly string[];
  /** What stands behind `is`: `launching: it has no address yet`. */
  readonly reason: string;
};

/** The nodes that a command is for, and the ones among them that it can't work on. */
export type Targets = {
  readonly nodes: readonly NodeState[];
  readonly leftOut: readonly LeftOut[];
};

/**
 * The nodes that an action works on: on the fleet's screen those that are selected, else the one
 * under the cursor; on other screens those that the screen is about.
 */
export const targetNodes = ({ fleet, order, view }: DashboardModel): readonly string[] => {
  const state = fleet.getState();
  const { fleet: table, screens } = view.getState();
  const top = screens.at(-1);
  switch (top?.type) {
    case 'node':
      return [top.node];
    case 'log':
      return top.nodes;
    case 'output':
    case 'actions':
      return [];
    case undefined: {
      const marked = order.byName(state).filter((name) => table.marked.has(name));
      if (marked.length > 0) return marked;
      const selected = order.selected(state, table);
      return selected === undefined ? [] : [selected];
    }
    default:
      return top satisfies never;
  }
};

/** The nodes that a command is for: what is only about one node is about the one under the cursor. */
export const nodesFor = (model: DashboardModel, command: NodeCommand): readonly string[] => {
  const { fleet, screens } = model.view.getState();
  if (screens.length > 0 || (command !== 'cause' && command !== 'logs')) return targetNodes(model);
  const selected = model.order.selected(model.fleet.getState(), fleet);
  return selected === undefined ? [] : [selected];
};

/** Divides nodes into those that a command can work on now and those that it can't. */
export const divideTargets = (
  { isDriven, model }: KeyContext,
  command: NodeCommand,
  targets: readonly NodeState[],
): Targets => {
  const judged = targets.map((node) => ({
    node,
    reason: refusal(command, node, isDriven(node.name), model.commandLine),
  }));
  const refused = Map.groupBy(judged, ({ reason }) => reason);
  return {
    nodes: (refused.get(undefined) ?? []).map(({ node }) => node),
    leftOut: [...refused].flatMap(([reason, group]) =>
      reason === undefined ? [] : [{ nodes: group.map(({ node }) => node.name), reason }],
    ),
  };
};

/** One node by its name, more of them by their number. */
export const describeNodes = (nodes: readonly string[]): string =>
  nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length.toLocaleString('en-US')} nodes`;

/** Why nodes are left out, in one line; empty where none is. */
export const describeLeftOut = (leftOut: readonly LeftOut[]): string => {
  const [first] = leftOut;
  if (first === undefined) return '';
  const count = leftOut.reduce((sum, { nodes }) => sum + nodes.length, 0);
  if (count === 1) return `not ${first.nodes[0]}: ${first.reason}`;
  const reasons = leftOut.length === 1 ? `: ${first.reason}` : ` for ${leftOut.length} reasons`;
  return `not ${count} nodes${reasons}`;
};
