import { isPlainMap } from './plain-map.ts';

const longest = 60;

/** A string in quotes, shortened where it is long. */
export const quote = (text: string): string => {
  const characters = [...text];
  return JSON.stringify(
    characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text,
  );
};

/**
 * What a value of the file is, as it reads after "got".
 *
 * @param source The value as written, if it is a scalar.
 */
export const describeValue = (value: unknown, source: string | undefined): string => {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isPlainMap(value)) return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  return source ?? String(value);
};
