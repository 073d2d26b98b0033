import { isPlainMap, mapValues } from '../config/plain-map.ts';

/**
 * Replaces `${name}` in every string of plain data. Names without a value stay: they may be the
 * shell's.
 */
export const fillPlaceholders = (data: unknown, values: ReadonlyMap<string, string>): unknown => {
  if (typeof data === 'string') {
    return data.replaceAll(/\$\{([\w.-]+)\}/g, (all, name: string) => values.get(name) ?? all);
  }
  if (Array.isArray(data)) return data.map((item) => fillPlaceholders(item, values));
  return isPlainMap(data) ? mapValues(data, (value) => fillPlaceholders(value, values)) : data;
};
