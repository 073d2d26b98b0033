import { type Document, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { KeyPath, Position } from './issue.ts';
import {
  decapitalize,
  duplicateKeys,
  type PositionOf,
  structureIssues,
  syntaxIssues,
  type YamlIssue,
} from './yaml-issues.ts';
import { type Anchored, findNode, resolveAlias } from './yaml-lookup.ts';

/** A YAML text that remembers where everything stands in it. */
export type YamlDocument = {
  /** Whatever makes `value` unusable; a key that is given twice does not. */
  readonly fatalIssues: readonly YamlIssue[];
  readonly errors: readonly YamlIssue[];
  readonly warnings: readonly YamlIssue[];
  /** Plain data; aliases and merge keys (`<<`) resolved. Undefined if there are fatal issues. */
  readonly value: unknown;
  /** Where the value stands; where there is none, the nearest thing that should contain it. */
  locate(path: KeyPath): Position;
  /** Where the key of a value stands. */
  locateKey(path: KeyPath): Position;
  /** A scalar as it is written in the file, such as `1.10`; undefined for anything else. */
  source(path: KeyPath): string | undefined;
};

export const parseYaml = (text: string): YamlDocument => {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    merge: true,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const positionOf: PositionOf = (node) => positionAt(node?.range?.[0] ?? 0);

  const syntaxErrors = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const anchored: Anchored = new Map();
  const fatalIssues =
    syntaxErrors.length > 0
      ? syntaxIssues(syntaxErrors, positionAt)
      : structureIssues(document, anchored, positionOf);
  const data = fatalIssues.length === 0 ? convert(document) : undefined;
  if (data?.exploded) {
    const [alias] = anchored.keys();
    fatalIssues.push({
      position: positionOf(alias),
      message: 'too many aliases: what they stand for would be too large',
    });
  }

  const find = (path: KeyPath) => findNode(document.contents ?? undefined, path, anchored);
  return {
    fatalIssues,
    errors: fatalIssues.length > 0 ? [] : duplicateKeys(document, positionOf),
    warnings: document.warnings.map((warning) => ({
      position: positionAt(warning.pos[0]),
      message: decapitalize(warning.message),
    })),
    value: data?.value,
    locate: (path) => {
      const { key, node } = find(path);
      return positionOf(isEmptyScalar(node) && key !== undefined ? key : node);
    },
    locateKey: (path) => {
      const { key, node } = find(path);
      return positionOf(key ?? node);
    },
    source: (path) => {
      const { node, complete } = find(path);
      const target = resolveAlias(node, anchored);
      return complete && isScalar(target) ? target.source : undefined;
    },
  };
};

const convert = (document: Document.Parsed): { value: unknown; exploded: boolean } => {
  try {
    return { value: document.toJS(), exploded: false };
  } catch (error) {
    // Of the reasons that the library has for this, structureIssues leaves only the alias count.
    if (error instanceof ReferenceError) return { value: undefined, exploded: true };
    throw error;
  }
};

const isEmptyScalar = (node: Node | undefined): boolean =>
  node === undefined || (isScalar(node) && (node.source ?? '') === '' && node.value === null);
