import type { NodeState } from '../fleet/state.ts';
import type { NodeCommand } from './key-map.ts';

/**
 * Why a command can't act on a node now, with what to do instead; undefined if it can.
 *
 * @param isDriven whether this process runs the node's pipeline: a dashboard that was attached to
 *   a fleet only observes nodes that are not ready
 */
export const refusal = (
  command: NodeCommand,
  node: NodeState,
  isDriven: boolean,
): string | undefined => {
  switch (command) {
    case 'ssh':
      return refuseSsh(node);
    case 'configure':
    case 'push':
      return refuseConfigure(command, node, isDriven);
    case 'retry':
      return refuseRetry(node, isDriven);
    case 'terminate':
      return refuseTerminate(node);
    default:
      return command satisfies never;
  }
};

const refuseSsh = (node: NodeState): string | undefined => {
  if (node.phase === 'terminated') return `${node.name} is terminated: there is nothing to reach`;
  if (node.address === undefined) return `${node.name} has no address yet: it is ${node.phase}`;
  return undefined;
};

const refuseConfigure = (
  command: 'configure' | 'push',
  node: NodeState,
  isDriven: boolean,
): string | undefined => {
  switch (node.phase) {
    case 'ready':
    case 'degraded':
      return undefined;
    case 'failed':
      return node.address === undefined
        ? `${node.name} failed before it had an address: r runs its pipeline again`
        : undefined;
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return goingOrGone(node);
    default:
      return isDriven
        ? `${node.name} is ${node.phase}: its pipeline will ${command} by itself`
        : `${node.name} is ${node.phase} and nothing drives it: r does`;
  }
};

const refuseRetry = (node: NodeState, isDriven: boolean): string | undefined => {
  switch (node.phase) {
    case 'failed':
    case 'degraded':
      return undefined;
    case 'ready':
      return `${node.name} is ready: there is nothing to retry (c configures it again)`;
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return goingOrGone(node);
    default:
      return isDriven ? `${node.name} is ${node.phase}: r is for nodes that failed` : undefined;
  }
};

const refuseTerminate = (node: NodeState): string | undefined => {
  if (node.phase === 'terminating' || node.phase === 'terminated') {
    return `${node.name} is ${node.phase} already`;
  }
  if (node.instanceId === undefined) {
    return `${node.name} has no instance to terminate: it is ${node.phase}`;
  }
  return undefined;
};

const goingOrGone = (node: NodeState): string =>
  node.phase === 'interrupted'
    ? `${node.name} is being reclaimed by EC2: spot-tui create replaces it`
    : `${node.name} is ${node.phase}: spot-tui create replaces it`;
