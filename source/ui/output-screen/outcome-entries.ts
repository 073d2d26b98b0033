import { createHash } from 'node:crypto';
import { resultIdentity } from '../../fleet/group-results.ts';
import type { ActionResult, ActionState } from '../../fleet/state.ts';

/** What is done to nodes, or has come of it; `waiting` for those that have not been begun with. */
export type OutcomeStatus = ActionResult['status'] | 'waiting';

/** Nodes with the same outcome, or one node with its own. */
export type OutcomeEntry = {
  /** Stays the same for as long as the entry says the same. */
  readonly key: string;
  readonly status: OutcomeStatus;
  readonly nodes: readonly string[];
  /** One line; empty where nothing is said. */
  readonly detail: string;
  /** What a command printed. */
  readonly lines: readonly string[];
};

/** Reads entries off an action. */
export type OutcomeReader = (action: ActionState) => readonly OutcomeEntry[];

/**
 * A reader that looks at each result once: what an action has come to can be 2,000 outputs, and
 * changes with every one of them.
 */
export const createOutcomeReader = (): OutcomeReader => {
  const identities = new WeakMap<ActionResult, string>();
  let last: { readonly action: ActionState; readonly entries: readonly OutcomeEntry[] } | undefined;

  const identify = (result: ActionResult): string => {
    const known = identities.get(result);
    if (known !== undefined) return known;
    const identity = identityOf(result);
    identities.set(result, identity);
    return identity;
  };

  return (action) => {
    if (last?.action !== action) {
      const entries =
        action.action === 'exec' ? groupsOf(action, identify) : nodesOf(action).sort(byUrgency);
      last = { action, entries };
    }
    return last.entries;
  };
};

/** Whether equal results of an action stand together: outputs do. */
export const isGrouped = ({ action }: ActionState): boolean => action === 'exec';

/** Short, because outputs are kept once already. */
const identityOf = (result: ActionResult): string =>
  result.status === 'running'
    ? result.status
    : createHash('sha256').update(resultIdentity(result)).digest('base64url');

const groupsOf = (
  action: ActionState,
  identify: (result: ActionResult) => string,
): readonly OutcomeEntry[] => {
  const groups = Map.groupBy(action.nodes, (node) => {
    const result = action.results.get(node);
    return result === undefined ? 'waiting' : identify(result);
  });
  return [...groups]
    .map(([key, nodes]): OutcomeEntry => {
      const result = action.results.get(nodes[0] ?? '');
      const isRunning = result?.status === 'running';
      return {
        key,
        nodes,
        status: result?.status ?? 'waiting',
        detail: isRunning ? '' : (result?.detail ?? ''),
        lines: result?.output ?? [],
      };
    })
    .sort(
      (one, other) =>
        Number(isOpen(one)) - Number(isOpen(other)) ||
        other.nodes.length - one.nodes.length ||
        byUrgency(one, other),
    );
};

const nodesOf = ({ nodes, results }: ActionState): OutcomeEntry[] =>
  nodes.map((node) => {
    const result = results.get(node);
    return {
      key: node,
      nodes: [node],
      status: result?.status ?? 'waiting',
      detail: result?.detail ?? '',
      lines: result?.output ?? [],
    };
  });

/** Whether there is no result yet. */
const isOpen = ({ status }: OutcomeEntry): boolean => status === 'running' || status === 'waiting';

const byUrgency = (one: OutcomeEntry, other: OutcomeEntry): number =>
  urgency[one.status] - urgency[other.status];

const urgency: Readonly<Record<OutcomeStatus, number>> = {
  failed: 0,
  cancelled: 1,
  running: 2,
  waiting: 3,
  skipped: 4,
  succeeded: 5,
};
