import { Ec2Failure, invalidValue } from './failure.ts';
import type { Parameters } from './parameters.ts';

/** What a filter of a resource looks at, by the filter's name. */
export type FilterFields<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

/** Tags of one resource. */
export type Tags = ReadonlyMap<string, string>;

/**
 * The items that all filters of a request let through. Values are alternatives; `*` and `?` stand
 * for characters. With `tagsOf`, the filters `tag:<key>`, `tag-key` and `tag-value` work as well.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 *
 * @throws Ec2Failure for filters that the resource doesn't have, and for too many
 */
export const select = <Item>(
  parameters: Parameters,
  items: Iterable<Item>,
  fields: FilterFields<Item>,
  tagsOf?: (item: Item) => Tags,
): Item[] => {
  const tests = parameters
    .structures('Filter')
    .map((filter) => testOf(filter.required('Name'), filter.texts('Value'), fields, tagsOf));
  return [...items].filter((item) => tests.every((test) => test(item)));
};

const testOf = <Item>(
  name: string,
  values: readonly string[],
  fields: FilterFields<Item>,
  tagsOf?: (item: Item) => Tags,
): ((item: Item) => boolean) => {
  if (values.length === 0) throw invalidValue(`The filter '${name}' has no values`);
  if (values.length > 200) {
    throw new Ec2Failure(
      'FilterLimitExceeded',
      'The maximum number of filter values specified on a single call is 200',
    );
  }
  const valuesOf = fieldOf(name, fields, tagsOf);
  if (valuesOf === undefined) throw invalidValue(`The filter '${name}' is invalid`);
  const patterns = values.map(patternOf);
  return (item) => valuesOf(item).some((value) => patterns.some((pattern) => pattern.test(value)));
};

const fieldOf = <Item>(
  name: string,
  fields: FilterFields<Item>,
  tagsOf?: (item: Item) => Tags,
): ((item: Item) => readonly string[]) | undefined => {
  if (Object.hasOwn(fields, name)) return fields[name];
  if (tagsOf === undefined) return undefined;
  if (name === 'tag-key') return (item) => [...tagsOf(item).keys()];
  if (name === 'tag-value') return (item) => [...tagsOf(item).values()];
  if (!name.startsWith('tag:')) return undefined;
  const key = name.slice('tag:'.length);
  return (item) => {
    const value = tagsOf(item).get(key);
    return value === undefined ? [] : [value];
  };
};

/** A filter value as a pattern; a backslash takes the meaning of the character after it away. */
const patternOf = (value: string): RegExp => {
  const source = value.replace(
    /\\([*?\\])|[*?]|[^*?\\]+|\\/g,
    (part, escaped: string | undefined) => {
      if (escaped !== undefined) return literal(escaped);
      if (part === '*') return '.*';
      if (part === '?') return '.';
      return literal(part);
    },
  );
  return new RegExp(`^${source}$`, 's');
};

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
