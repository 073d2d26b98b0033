import type * as z from 'zod';
import type { KeyPath } from './issue.ts';
import { isPlainMap, valueAt } from './plain-map.ts';
import { type ConfigFile, configFile } from './schema.ts';

/** A value, or the name of a key, that is not what the schema expects. */
export type Mismatch = {
  readonly path: KeyPath;
  readonly at: 'value' | 'key';
  /** Such as `expected a whole number from 1 to 5000 such as 3`. */
  readonly expectation: string;
};

export type Validation = {
  /** Absent if there are mismatches. */
  readonly file?: ConfigFile;
  readonly mismatches: readonly Mismatch[];
  /** Keys that the schema does not know, which are left out of `file`. */
  readonly unknownKeys: readonly KeyPath[];
};

/** Holds plain data against the schema. */
export const validate = (value: unknown): Validation => {
  const first = parse(value);
  if (first.success) return { file: first.data, mismatches: [], unknownKeys: [] };

  const unknownKeys = first.error.issues.flatMap((issue) => unknownKeysOf(issue, []));
  const second = unknownKeys.length === 0 ? first : parse(without(value, unknownKeys));
  return second.success
    ? { file: second.data, mismatches: [], unknownKeys }
    : {
        mismatches: second.error.issues.flatMap((issue) => mismatchesOf(issue, [])),
        unknownKeys,
      };
};

const parse = (value: unknown) =>
  // The schema words its own messages; zod's would say nothing to the author of a file.
  configFile.safeParse(value, { error: () => 'expected another value' });

type Issue = z.core.$ZodIssue;

const pathOf = (issue: Issue, prefix: KeyPath): KeyPath => [
  ...prefix,
  ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment)),
];

const unknownKeysOf = (issue: Issue, prefix: KeyPath): KeyPath[] => {
  const path = pathOf(issue, prefix);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => [...path, key]);
    case 'invalid_union':
      return (intendedAlternative(issue.errors) ?? []).flatMap((inner) =>
        unknownKeysOf(inner, path),
      );
    default:
      return [];
  }
};

const mismatchesOf = (issue: Issue, prefix: KeyPath): Mismatch[] => {
  const path = pathOf(issue, prefix);
  switch (issue.code) {
    case 'unrecognized_keys':
      return [];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, at: 'key', expectation: message }));
    case 'invalid_union': {
      const alternative = intendedAlternative(issue.errors);
      return alternative === undefined
        ? [{ path, at: 'value', expectation: issue.message }]
        : alternative.flatMap((inner) => mismatchesOf(inner, path));
    }
    default:
      return [{ path, at: 'value', expectation: issue.message }];
  }
};

/** The one that has the right type at least, so that its own issues say more than the union's. */
const intendedAlternative = (alternatives: readonly (readonly Issue[])[]) =>
  alternatives.find((issues) =>
    issues.every(
      ({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value'),
    ),
  );

const without = (value: unknown, paths: readonly KeyPath[]): unknown => {
  const copy = structuredClone(value);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1));
    if (isPlainMap(parent)) Reflect.deleteProperty(parent, String(path.at(-1)));
  }
  return copy;
};
