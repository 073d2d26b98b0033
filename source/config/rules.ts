import { formatKeyPath, type KeyPath } from './issue.ts';
import { isPlainMap, type PlainMap } from './plain-map.ts';
import { regionSettings } from './schema-region.ts';
import { regionNamePattern } from './schema-values.ts';

/** A finding about how several values go together. */
export type Finding = {
  readonly path: KeyPath;
  readonly at: 'value' | 'key';
  readonly message: string;
};

/** EC2 takes 50 tags per resource; the rest is for those by which spot-tui finds its own. */
const maximumTags = 40;

/**
 * Rules over several values. They take data that may be wrong elsewhere, so that everything can be
 * reported at once.
 */
export const findBrokenRules = (value: unknown): Finding[] => {
  if (!isPlainMap(value)) return [];
  const regions = Array.isArray(value.regions) ? value.regions : [];
  const aws = isPlainMap(value.aws) ? value.aws : {};
  return [...wrongShapes(regions), ...repeatedRegions(regions), ...tooManyTags(aws, regions)];
};

const regionName = (region: unknown): string | undefined => {
  if (typeof region === 'string') return region;
  const names = isPlainMap(region) ? Object.keys(region) : [];
  return names.length === 1 ? names[0] : undefined;
};

const wrongShapes = (regions: readonly unknown[]): Finding[] =>
  regions.flatMap((region, index): Finding[] => {
    if (!isPlainMap(region)) return [];
    const path = ['regions', index];
    const names = Object.keys(region);
    const [name] = names;
    if (name === undefined) {
      const message = 'expected a region such as us-west-2, got an empty map';
      return [{ path, at: 'value', message }];
    }
    if (names.length === 1) {
      if (regionNamePattern.test(name)) return [];
      const message = `expected a region such as us-west-2, got ${JSON.stringify(name)}`;
      return [{ path: [...path, name], at: 'key', message }];
    }
    const advice = names.some((key) => Object.hasOwn(regionSettings.shape, key))
      ? 'expected one region with its settings indented below it'
      : 'expected one region with a dash before it';
    return [{ path, at: 'value', message: `${advice}, got ${names.join(', ')} side by side` }];
  });

const repeatedRegions = (regions: readonly unknown[]): Finding[] => {
  const names = regions.map(regionName);
  return names.flatMap((name, index): Finding[] => {
    const first = names.indexOf(name);
    if (name === undefined || first === index) return [];
    const isMap = isPlainMap(regions[index]);
    return [
      {
        path: isMap ? ['regions', index, name] : ['regions', index],
        at: isMap ? 'key' : 'value',
        message: `expected each region once, it is already given at ${formatKeyPath(['regions', first])}`,
      },
    ];
  });
};

const tagNames = (settings: unknown): string[] =>
  isPlainMap(settings) && isPlainMap(settings.tags) ? Object.keys(settings.tags) : [];

const tooManyTags = (aws: PlainMap, regions: readonly unknown[]): Finding[] => {
  const shared = tagNames(aws);
  if (shared.length > maximumTags) {
    const message = `expected at most ${maximumTags} tags, got ${shared.length}`;
    return [{ path: ['aws', 'tags'], at: 'key', message }];
  }
  return regions.flatMap((region, index): Finding[] => {
    const name = regionName(region);
    if (name === undefined || !isPlainMap(region)) return [];
    const count = new Set([...shared, ...tagNames(region[name])]).size;
    if (count <= maximumTags) return [];
    const message = `expected at most ${maximumTags} tags including those of aws.tags, got ${count}`;
    return [{ path: ['regions', index, name, 'tags'], at: 'key', message }];
  });
};
