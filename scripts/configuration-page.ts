import { stringify } from 'yaml';
import { retiredKeys } from '../source/config/unknown-keys.ts';
import { type ConfigurationKey, configurationKeys } from './configuration-keys.ts';
import {
  type ConfigurationSection,
  configurationSections,
  keysOfTheOldSystem,
} from './configuration-sections.ts';
import { withGenerated } from './generated-part.ts';

/**
 * The page about the configuration with every key of the schema.
 *
 * @throws Error when a key is in no section or in two, or a section has one that there is not
 */
export const withConfiguration = (page: string): string => {
  const keys = configurationKeys();
  checkSections(keys);
  const parts = [
    ...overview(),
    ...configurationSections.flatMap((section) => sectionLines(section, keys)),
    ...oldSystem(keys),
  ];
  return withGenerated(page, 'configuration', parts);
};

const checkSections = (keys: ReadonlyMap<string, ConfigurationKey>): void => {
  const shown = configurationSections.flatMap((section) => section.keys);
  for (const path of keys.keys()) {
    const times = shown.filter((each) => each === path).length;
    if (times !== 1) throw new Error(`${path} is in ${times} sections of the page, not in one`);
  }
  for (const path of [...shown, ...keysOfTheOldSystem]) {
    if (!keys.has(path)) throw new Error(`the configuration has no key ${path}`);
  }
};

const overview = (): string[] => [
  '| section | keys |',
  '| --- | --- |',
  ...configurationSections.map(
    ({ heading, keys }) =>
      `| [${heading}](#${anchor(heading)}) | ${keys.map((path) => `[\`${lastName(path)}\`](#${anchor(path)})`).join(', ')} |`,
  ),
  '',
];

const sectionLines = (
  { about, heading, keys: paths }: ConfigurationSection,
  keys: ReadonlyMap<string, ConfigurationKey>,
): string[] => [
  `## ${heading}`,
  '',
  about,
  '',
  ...paths.flatMap((path) => {
    const key = keys.get(path);
    return key === undefined ? [] : keyLines(key);
  }),
];

const keyLines = (key: ConfigurationKey): string[] => [
  `### \`${key.path}\``,
  '',
  key.description,
  '',
  `- Takes: ${code(key.accepts)}`,
  `- Default: ${defaultOf(key)}`,
  '',
  ...example(key),
];

/** The example in it as code: Markdown would take some of it for its own. */
const code = (text: string): string =>
  text.replace(
    /such as (.+?)(, (?:from|up to) .*)?$/,
    (_, words: string, bounds = '') => `such as \`${words}\`${bounds}`,
  );

const defaultOf = ({ default: preset, isRequired }: ConfigurationKey): string => {
  if (isRequired) return 'none: it has to be there';
  if (preset === undefined) return 'absent';
  return `\`${typeof preset === 'object' ? JSON.stringify(preset) : String(preset)}\``;
};

const example = ({ example: value, default: preset, path }: ConfigurationKey): string[] => {
  // Half a check is none: what the whole one looks like, the list says.
  if (path.startsWith('checks[].')) return [];
  if (value === undefined || JSON.stringify(value) === JSON.stringify(preset)) return [];
  const nested = path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, name) => {
      if (name === 'REGION') return { 'us-west-2': inner };
      return name.endsWith('[]') ? { [name.slice(0, -2)]: [inner] } : { [name]: inner };
    }, value);
  return ['```yaml', stringify(nested, { lineWidth: 0 }).trimEnd(), '```', ''];
};

const oldSystem = (keys: ReadonlyMap<string, ConfigurationKey>): string[] => [
  '## Files of the old deploy_spot.py',
  '',
  'They are read as they are. These keys have kept their names and their places:',
  '',
  keysOfTheOldSystem.map((path) => `[\`${keys.get(path)?.path}\`](#${anchor(path)})`).join(', '),
  '',
  'Old files wrote `yes`, `no`, `on` and `off` for `true` and `false`; that is read too. These keys have no use any more; a file that has one gets a warning and works:',
  '',
  '| key | instead |',
  '| --- | --- |',
  ...[...retiredKeys].map(([name, instead]) => `| \`${name}\` | ${instead} |`),
];

const lastName = (path: string): string => path.split('.').at(-1) ?? path;

/** As GitHub makes it of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
