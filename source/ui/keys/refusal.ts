import type { NodeState } from '../../fleet/state.ts';
import type { NodeCommand } from './key-map.ts';

type CommandLine = (command: string) => string;

/**
 * Why a command can't act on a node now, with what to do instead, as what stands behind `is`:
 * `launching: it has no address yet`. Undefined if it can.
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
      return refuseReach(node);
    case 'logs':
    case 'merged-logs':
      return isGone(node)
        ? `${node.phase}: it is gone, Enter shows what it logged`
        : refuseReach(node);
    case 'exec':
    case 'doctor':
      return node.phase === 'terminating'
        ? `terminating: it is too late to ${command === 'exec' ? 'run anything on it' : 'look at it'}`
        : refuseReach(node);
    case 'configure':
    case 'push':
    case 'rollout':
      return refuseConfigure(command, node, isDriven, commandLine);
    case 'retry':
      return refuseRetry(node, isDriven, commandLine);
    case 'terminate':
      return refuseTerminate(node);
    case 'replace':
      return refuseReplace(node, isDriven);
    case 'copy':
      return node.instanceId === undefined && node.address === undefined
        ? `${node.phase}: there is nothing to copy yet`
        : undefined;
    case 'console':
      return node.instanceId === undefined
        ? `${node.phase}: it has no instance to look at`
        : undefined;
    case 'cause':
      return undefined;
    default:
      return command satisfies never;
  }
};

const refuseReach = (node: NodeState): string | undefined => {
  if (isGone(node)) return `${node.phase}: there is nothing to reach`;
  if (node.address !== undefined) return undefined;
  return node.phase === 'failed' ? failedWithoutAddress : `${node.phase}: it has no address yet`;
};

const failedWithoutAddress = 'failed: it never had an address, r runs its pipeline again';

const refuseConfigure = (
  command: 'configure' | 'push' | 'rollout',
  node: NodeState,
  isDriven: boolean,
  commandLine: CommandLine,
): string | undefined => {
  switch (node.phase) {
    case 'ready':
    case 'degraded':
      return undefined;
    case 'failed':
      return node.address === undefined ? failedWithoutAddress : undefined;
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return goingOrGone(node, commandLine);
    default:
      return isDriven
        ? `${node.phase}: its pipeline will ${command === 'configure' ? command : 'push'} by itself`
        : `${node.phase} and nothing drives it: r does`;
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
      return 'ready: there is nothing to retry (c configures it again)';
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return goingOrGone(node, commandLine);
    default:
      return isDriven ? `${node.phase}: r is for nodes that failed` : undefined;
  }
};

const refuseTerminate = (node: NodeState): string | undefined => {
  if (node.phase === 'terminating') return 'terminating already';
  if (isGone(node)) return 'gone already';
  if (node.instanceId === undefined) return `${node.phase}: it has no instance to terminate`;
  return undefined;
};

/** A node without an instance can be replaced as well: then there is nothing to terminate. */
const refuseReplace = (node: NodeState, isDriven: boolean): string | undefined => {
  if (node.phase === 'terminating') return 'terminating: R replaces it once it is gone';
  if (node.instanceId !== undefined || isGone(node) || node.phase === 'failed') return undefined;
  return isDriven
    ? `${node.phase}: an instance is being launched for it`
    : `${node.phase} without an instance: r launches one`;
};

const goingOrGone = (node: NodeState, commandLine: CommandLine): string => {
  const create = commandLine('create');
  if (isGone(node)) return `${node.phase}: R or ${create} replaces it`;
  return node.phase === 'terminating'
    ? `terminating: R or ${create} replaces it once gone`
    : `${node.phase}: R replaces it at once`;
};

/** Whether the instance is no more. An interrupted one that EC2 has not taken yet has a deadline. */
export const isGone = ({ phase, trouble }: NodeState): boolean =>
  phase === 'terminated' || (phase === 'interrupted' && trouble?.deadline === undefined);
