import type { KeyPath } from './issue.ts';
import { isPlainMap, mapValues, type PlainMap } from './plain-map.ts';

/**
 * Takes what people write for what they mean, before anything is validated: a key with nothing
 * after it (as remains when its value is commented out) counts as not given, a region with nothing
 * below it has no settings, and a tag is what is written there, so that `1.10` is not `1.1`.
 *
 * @param source A scalar as written in the file, by its path.
 */
export const readLeniently = (
  value: unknown,
  source: (path: KeyPath) => string | undefined,
): unknown => {
  if (!isPlainMap(value)) return value;

  const section = (map: unknown, path: KeyPath): unknown => {
    if (!isPlainMap(map)) return map;
    return mapValues(withoutEmptyKeys(map), (item, key) =>
      key === 'tags' && isPlainMap(item) ? written(item, [...path, key]) : item,
    );
  };
  const written = (map: PlainMap, path: KeyPath): PlainMap =>
    mapValues(map, (item, key) =>
      typeof item === 'number' || typeof item === 'boolean'
        ? (source([...path, key]) ?? String(item))
        : item,
    );

  return mapValues(withoutEmptyKeys(value), (item, key) => {
    if (key === 'aws' || key === 'timeouts') return section(item, [key]);
    if (key !== 'regions' || !Array.isArray(item)) return item;
    return item.map((region: unknown, index) =>
      isPlainMap(region)
        ? mapValues(region, (settings, name) => section(settings ?? {}, [key, index, name]))
        : region,
    );
  });
};

const withoutEmptyKeys = (map: PlainMap): PlainMap =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
