import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLError,
} from 'yaml';
import type { KeyPath, Position } from './issue.ts';
import { type Anchored, isMerge, mergeSources, type NodePair } from './yaml-lookup.ts';

/** Something that is wrong with the text itself, whatever it means. */
export type YamlIssue = {
  readonly position: Position;
  readonly path?: KeyPath;
  readonly message: string;
};

export type PositionOf = (node: Node | undefined) => Position;

/** No configuration nests deeper, and what recurses over the document must not run out of stack. */
const maximumDepth = 40;

/** What the parser lets pass, but what has no end or no meaning as plain data. Fills `anchored`. */
export const structureIssues = (
  document: Document.Parsed,
  anchored: Anchored,
  positionOf: PositionOf,
): YamlIssue[] => {
  const issues: YamlIssue[] = [];
  const anchors = new Map<string, Node>();
  const merges: NodePair[] = [];
  visit(document, {
    Node: (_, node, ancestors) => {
      if (ancestors.length > maximumDepth * 2) {
        issues.push({ position: positionOf(node), message: nestedTooDeeply });
        return visit.BREAK;
      }
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return undefined;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) anchored.set(node, target);
      if (target === undefined || ancestors.includes(target)) {
        const trouble =
          target === undefined
            ? `has no anchor &${node.source} above it`
            : 'stands inside of what it refers to';
        issues.push({
          position: positionOf(node),
          message: `the alias *${node.source} ${trouble}`,
        });
      }
      return undefined;
    },
    Pair: (_, pair) => {
      if (isMerge(pair as NodePair)) merges.push(pair as NodePair);
    },
  });
  for (const merge of issues.length === 0 ? merges : []) {
    if (mergeSources(merge, anchored).every((source) => isMap(source))) continue;
    issues.push({
      position: positionOf(merge.value ?? merge.key),
      message: 'expected the alias of a map such as *defaults after <<',
    });
  }
  return issues;
};

/** Keys that are given twice: the last would win, silently. */
export const duplicateKeys = (document: Document.Parsed, positionOf: PositionOf): YamlIssue[] => {
  const offsets = new Set(
    document.errors.filter(({ code }) => code === 'DUPLICATE_KEY').map(({ pos }) => pos[0]),
  );
  if (offsets.size === 0) return [];
  const issues: YamlIssue[] = [];
  visit(document, {
    Pair: (_, pair, ancestors) => {
      const { key } = pair as NodePair;
      if (!isScalar(key) || !offsets.has(key.range?.[0] ?? -1)) return undefined;
      const map = ancestors.at(-1);
      const first = isMap(map)
        ? (map.items as NodePair[]).find(
            (other) => isScalar(other.key) && other.key.value === key.value,
          )
        : undefined;
      issues.push({
        position: positionOf(key),
        path: [...pathOf(ancestors), String(key.value)],
        message: `expected each key once, it is already given in line ${positionOf(first?.key).line}`,
      });
      return undefined;
    },
  });
  return issues;
};

/** Keys and indexes that lead to the last of a node's ancestors. */
const pathOf = (ancestors: readonly unknown[]): KeyPath =>
  ancestors.flatMap((ancestor, index): KeyPath => {
    const next = ancestors[index + 1];
    if (isSeq(ancestor) && next !== undefined) return [ancestor.items.indexOf(next)];
    const key = (ancestor as Partial<NodePair>).key;
    return isScalar(key) ? [String(key.value)] : [];
  });

const nestedTooDeeply = 'nested too deeply for a configuration';

/** Errors of the parser, in words for people. */
export const syntaxIssues = (
  errors: readonly YAMLError[],
  positionAt: (offset: number) => Position,
): YamlIssue[] => {
  const issues = errors.map((error) => ({
    position: positionAt(error.pos[0]),
    message: describeSyntaxError(error),
  }));
  // The parser gives up there and takes what follows for a mess.
  const exhausted = issues.find(({ message }) => message === nestedTooDeeply);
  return exhausted === undefined ? issues : [exhausted];
};

const describeSyntaxError = ({ code, message }: YAMLError): string => {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'not valid YAML: indented with a tab, expected spaces';
    case 'MULTIPLE_DOCS':
      return 'expected a single YAML document, but another one begins here';
    case 'RESOURCE_EXHAUSTION':
      return nestedTooDeeply;
    case 'NON_STRING_KEY':
      return 'expected a string as key, got a list or a map';
    default:
      return `not valid YAML: ${decapitalize(message)}`;
  }
};

export const decapitalize = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
