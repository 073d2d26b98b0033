import type { Topic } from '../events/topic.ts';
import type { ExistingNode } from './plan.ts';

/** A word of the command line that fits no node, or a command that needs one got none. */
export class NodeSelectionError extends Error {
  override readonly name = 'NodeSelectionError';
  readonly exitStatus = 2;
  readonly topic: Topic = 'usage';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/**
 * The nodes that words of the command line mean: each a node's name, instance id or address. No
 * words mean all nodes.
 *
 * @throws NodeSelectionError naming every word that fits none.
 */
export const selectNodes = (
  nodes: readonly ExistingNode[],
  words: readonly string[],
): ExistingNode[] => {
  if (words.length === 0) return [...nodes];
  const unknown = words.filter((word) => !nodes.some((node) => isMeant(node, word)));
  if (unknown.length > 0) {
    const known = nodes.map(({ name }) => name);
    throw new NodeSelectionError(
      `no node is called ${unknown.join(' or ')}`,
      known.length === 0
        ? 'The deployment has no nodes: `spot-tui create` makes them.'
        : `There are: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', … (`spot-tui list` shows all)' : ''}.`,
    );
  }
  return nodes.filter((node) => words.some((word) => isMeant(node, word)));
};

const isMeant = ({ name, instance }: ExistingNode, word: string): boolean =>
  word === name ||
  word === instance.instanceId ||
  word === instance.address ||
  word === instance.publicAddress ||
  word === instance.privateAddress;
