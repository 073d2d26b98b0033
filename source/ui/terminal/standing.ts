import { isSettled, type Phase } from '../../events/phase.ts';
import type { FleetState, NodeState } from '../../fleet/state.ts';

/** How the fleet stands, in as few words as a window's title has room for. */
export type Standing = {
  readonly deployment: string;
  /** Nodes that are not gone. */
  readonly nodes: number;
  readonly ready: number;
  /** Nodes that need somebody, by what is wrong with them. */
  readonly troubled: ReadonlyMap<Phase, number>;
  /** The first of them. */
  readonly firstTroubled: NodeState | undefined;
  /** Nodes that something is still being done to. */
  readonly working: number;
};

const troubles: ReadonlySet<Phase> = new Set<Phase>(['failed', 'degraded', 'interrupted']);

export const standingOf = (state: FleetState): Standing => {
  const troubled = new Map<Phase, number>();
  let firstTroubled: NodeState | undefined;
  let ready = 0;
  let working = 0;
  let terminated = 0;
  for (const node of state.nodes.values()) {
    const { phase } = node;
    if (phase === 'ready') ready++;
    if (phase === 'terminated') terminated++;
    if (!isSettled(phase)) working++;
    if (troubles.has(phase)) {
      firstTroubled ??= node;
      troubled.set(phase, (troubled.get(phase) ?? 0) + 1);
    }
  }
  return {
    deployment: state.deployment,
    nodes: state.nodes.size - terminated,
    ready,
    troubled,
    firstTroubled,
    working,
  };
};

/** `12/30 ready, 2 failed`; empty without nodes. */
export const describeStanding = ({ nodes, ready, troubled }: Standing): string =>
  nodes === 0
    ? ''
    : [
        `${ready}/${nodes} ready`,
        ...[...troubled].map(([phase, count]) => `${count} ${phase}`),
      ].join(', ');

export type Progress = { readonly state: 'normal' | 'error'; readonly percent: number };

/** How far the work on the fleet is, by nodes that have settled; undefined while there is none. */
export const progressOf = ({ nodes, working, troubled }: Standing): Progress | undefined =>
  working === 0
    ? undefined
    : {
        state: troubled.size > 0 ? 'error' : 'normal',
        percent: Math.floor((100 * Math.max(0, nodes - working)) / Math.max(1, nodes)),
      };

/**
 * What somebody who looked away would want to be called for, if anything: all work has come to an
 * end, or the first node is in trouble.
 */
export const newsBetween = (before: Standing, after: Standing): string | undefined => {
  if (before.working > 0 && after.working === 0) {
    return describeStanding(after) || 'every node is terminated';
  }
  const { firstTroubled: node } = after;
  if (before.troubled.size > 0 || node === undefined) return undefined;
  const place = node.trouble?.failedPhase;
  return `${node.name} ${node.phase}${place === undefined ? '' : ` in ${place}`}`;
};
