import type { KeyPath } from './issue.ts';

/** What a map of YAML becomes. */
export type PlainMap = Readonly<Record<string, unknown>>;

export const isPlainMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy whose values are made from the old ones. */
export const mapValues = (
  map: PlainMap,
  change: (value: unknown, key: string) => unknown,
): PlainMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));

/** The value at a path of plain data; undefined where there is none. */
export const valueAt = (root: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>((parent, segment) => {
    if (Array.isArray(parent)) return parent[Number(segment)];
    return isPlainMap(parent) && Object.hasOwn(parent, segment) ? parent[segment] : undefined;
  }, root);
