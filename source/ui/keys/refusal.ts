import type { NodeState } from '../../fleet/state.ts';
import type { NodeCommand } from './key-map.ts';

type CommandLine = (command: string) => string;

/**
 * Why a command can't act on a node now, with what to do instead; undefined if it can.
 *
 * @param isDriven whether this process runs the node's pipeline: a dashboard that was attached to
 *   a fleet only observes nodes that are not ready
 * @param commandLine the command line of a command
 */
export const refusal = (
  command: NodeCommand,
  node: NodeState,
  isDriven: boolean,
  commandLine: CommandLine,
): string | undefined => {
  switch (command) {
    case 'ssh':
      return refuseSsh(node);
    case 'configure':
    case 'push':
      return refuseConfigure(command, node, isDriven, commandLine);
    case 'retry':
      return refuseRetry(node, isDriven, commandLine);
    case 'terminate':
    case 'replace':
      return refuseTerminate(node);
    case 'exec':
    case 'rollout':
    case 'doctor':
    case 'logs':
    case 'merged-logs':
    case 'copy':
    case 'console':
    case 'cause':
      return undefined;
    default:
      return command satisfies never;
  }
};

const refuseSsh = (node: NodeState): string | undefined => {
  if (isGone(node)) return `${node.name} is ${node.phase}: there is nothing to reach`;
  if (node.address === undefined) return `${node.name} has no address yet: it is ${node.phase}`;
  return undefined;
};

const refuseConfigure = (
  command: 'configure' | 'push',
  node: NodeState,
  isDriven: boolean,
  commandLine: CommandLine,
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
      return goingOrGone(node, commandLine);
    default:
      return isDriven
        ? `${node.name} is ${node.phase}: its pipeline will ${command} by itself`
        : `${node.name} is ${node.phase} and nothing drives it: r does`;
  }
};

const refuseRetry = (
  node: NodeState,
  isDriven: boolean,
  commandLine: CommandLine,
): string | undefined => {
  switch (node.phase) {
    case 'failed':
    case 'degraded':
      return undefined;
    case 'ready':
      return `${node.name} is ready: there is nothing to retry (c configures it again)`;
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return goingOrGone(node, commandLine);
    default:
      return isDriven ? `${node.name} is ${node.phase}: r is for nodes that failed` : undefined;
  }
};

const refuseTerminate = (node: NodeState): string | undefined => {
  if (node.phase === 'terminating') return `${node.name} is terminating already`;
  if (isGone(node)) return `${node.name} is gone already`;
  if (node.instanceId === undefined) {
    return `${node.name} has no instance to terminate: it is ${node.phase}`;
  }
  return undefined;
};

const goingOrGone = (node: NodeState, commandLine: CommandLine): string =>
  `${node.name} is ${node.phase}: ${commandLine('create')} replaces it${isGone(node) ? '' : ' once gone'}`;

/** Whether the instance is no more. An interrupted one that EC2 has not taken yet has a deadline. */
const isGone = ({ phase, trouble }: NodeState): boolean =>
  phase === 'terminated' || (phase === 'interrupted' && trouble?.deadline === undefined);
