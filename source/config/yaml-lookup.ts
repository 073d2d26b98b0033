import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { KeyPath } from './issue.ts';

/** What each alias stands for: the library would search the whole document for each. */
export type Anchored = Map<Node, Node>;

export type Found = {
  readonly node: Node | undefined;
  /** The key that the node is the value of. */
  readonly key: Node | undefined;
  /** Whether the whole path exists; else `node` is the deepest that does. */
  readonly complete: boolean;
};

/** Follows keys and indexes from the root, through aliases and merge keys. */
export const findNode = (root: Node | undefined, path: KeyPath, anchored: Anchored): Found => {
  let found: Found = { node: root, key: undefined, complete: true };
  for (const segment of path) {
    const parent = resolveAlias(found.node, anchored);
    if (isSeq(parent) && typeof segment === 'number') {
      const item = parent.items[segment];
      if (!isNode(item)) return { ...found, complete: false };
      found = { node: item, key: undefined, complete: true };
    } else {
      const pair = findPair(parent, String(segment), anchored);
      if (pair === undefined) return { ...found, complete: false };
      found = { node: pair.value ?? undefined, key: pair.key, complete: true };
    }
  }
  return found;
};

/** What `stringKeys` and a parsed document make of every pair. */
export type NodePair = Pair<Node, Node | null>;

/** Of a key that is given twice the last counts; what is merged in gives way to what is there. */
const findPair = (
  map: Node | undefined,
  name: string,
  anchored: Anchored,
): NodePair | undefined => {
  if (!isMap(map)) return undefined;
  const pairs = map.items as NodePair[];
  const own = pairs.findLast(({ key }) => isScalar(key) && key.value === name);
  if (own !== undefined) return own;
  for (const source of pairs.filter(isMerge).flatMap((pair) => mergeSources(pair, anchored))) {
    const merged = findPair(source, name, anchored);
    if (merged !== undefined) return merged;
  }
  return undefined;
};

/** Whether this is YAML's `<<`, whose value is a map to merge in, or a list of them. */
export const isMerge = ({ key }: NodePair): boolean => isScalar(key) && key.source === '<<';

export const mergeSources = ({ value }: NodePair, anchored: Anchored): (Node | undefined)[] => {
  const source = resolveAlias(value ?? undefined, anchored);
  return isSeq(source)
    ? source.items.map((item) => (isNode(item) ? resolveAlias(item, anchored) : undefined))
    : [source];
};

export const resolveAlias = (node: Node | undefined, anchored: Anchored): Node | undefined =>
  isAlias(node) ? anchored.get(node) : node;
