import { closestMatch } from 'leven';
import { isUnit } from './collect-files.ts';
import { PayloadError } from './payload-error.ts';
import {
  archivePath,
  installedName,
  installedPath,
  type PayloadFile,
  templateEnding,
} from './payload-file.ts';

/** What templates/render-template.sh knows of a node, by the names under which templates ask. */
const valueNames = [
  'node.name',
  'region',
  'index',
  'instance.id',
  'deployment',
  'identity',
] as const;

/** The same as in templates/render-template.sh: name, then what may follow it. */
const placeholder = /\{\{(secret\.[A-Za-z0-9_.-]+|[a-z][a-z0-9_.-]*)(\|[a-z]*)?\}\}/g;

/** Words of Go's templates, such as `docker ps --format` takes, that look like a name. */
const goWords = new Set(['end', 'else']);

const environmentFile = 'EnvironmentFile=/var/lib/spot-tui/node.env';

/**
 * Finds here what would keep templates from being filled in on every node.
 *
 * @param secretNames Secrets that the configuration names, looked up or not.
 * @throws PayloadError with a line for each unknown name, for units that are templates, and for files
 * that would have the same name on the node.
 */
export const checkTemplates = (
  files: readonly PayloadFile[],
  secretNames: readonly string[],
): void => {
  const secrets = secretsOf(files, secretNames);
  const issues = [
    ...files.filter(isTemplate).flatMap((file) => problemsOf(file, secrets)),
    ...namesakes(files),
  ];
  if (issues.length > 0) {
    throw new PayloadError(issues, 'Correct the files, then run again.');
  }
};

/** What stays as it is on the node, or is not there, though it looks as if it were otherwise. */
export const templateWarnings = (
  files: readonly PayloadFile[],
  secretNames: readonly string[],
): string[] => {
  const known = new Set(namesOf(secretsOf(files, secretNames)));
  const texts = files.filter(
    ({ content, folder, secret }) =>
      secret === undefined && folder !== 'units' && content.includes('{{') && !content.includes(0),
  );
  return [
    ...texts.flatMap((file) =>
      isTemplate(file) ? unfilled(file, known) : inPlainFile(file, known),
    ),
    ...mentionsOfTemplates(files),
  ];
};

/** Units that name a template as it is called here. */
const mentionsOfTemplates = (files: readonly PayloadFile[]): string[] =>
  files
    .filter(({ folder }) => folder === 'units')
    .flatMap((unit) =>
      files
        .filter(isTemplate)
        .filter((file) => unit.content.includes(`${installedPath(file)}${templateEnding}`))
        .map(
          (file) =>
            `unit ${unit.name} names ${installedPath(file)}${templateEnding}, which is without ${templateEnding} on the nodes`,
        ),
    );

const isTemplate = ({ name }: PayloadFile): boolean => name.endsWith(templateEnding);

/** Names of the secrets that templates can have; files may lie in their folder, too. */
const secretsOf = (
  files: readonly PayloadFile[],
  secretNames: readonly string[],
): ReadonlyMap<string, PayloadFile | undefined> => {
  const folder = '/opt/uploaded_files/secrets/';
  return new Map([
    ...secretNames.map((name) => [name, undefined] as const),
    ...files
      .filter((file) => installedPath(file).startsWith(folder) && !isTemplate(file))
      .map((file) => [installedPath(file).slice(folder.length), file] as const),
  ]);
};

const namesOf = (secrets: ReadonlyMap<string, unknown>): string[] => [
  ...valueNames,
  ...[...secrets.keys()].map((name) => `secret.${name}`),
];

const problemsOf = (
  file: PayloadFile,
  secrets: ReadonlyMap<string, PayloadFile | undefined>,
): string[] => {
  if (file.folder === 'units' || isUnit(installedName(file))) {
    return [
      `${placeOf(file)}: units are not filled in: remove ${templateEnding} from its name and give it the values by ${environmentFile}`,
    ];
  }
  if (file.content.includes(0))
    return [`${placeOf(file)}: is no text, so nothing can be filled in`];
  return linesOf(file).flatMap(({ place, text }) =>
    [...text.matchAll(placeholder)].flatMap(([all, name = '', form = '']) => {
      if (form === '' && goWords.has(name)) return [];
      if (!namesOf(secrets).includes(name)) return [`${place}: ${unknown(name, secrets)}`];
      if (form !== '' && form !== '|raw') {
        return [`${place}: ${all}: only |raw may follow a name`];
      }
      const secret = secrets.get(name.slice('secret.'.length));
      return name.startsWith('secret.') && secret?.content.includes(0)
        ? [
            `${place}: {{${name}}} is no text, so it can't be in a file: use ${installedPath(secret)}`,
          ]
        : [];
    }),
  );
};

const unknown = (name: string, secrets: ReadonlyMap<string, unknown>): string => {
  const near = closestMatch(name, namesOf(secrets), {
    maxDistance: Math.max(2, Math.floor(name.length / 3)),
  });
  const meant = near === undefined ? '' : `, did you mean {{${near}}}?`;
  const what = `there is no {{${name}}}${meant}`;
  if (!name.startsWith('secret.')) return `${what} (known: ${valueNames.join(', ')}, secret.NAME)`;
  const names = [...secrets.keys()];
  return `${what} (${names.length === 0 ? 'the configuration has no secrets' : `secrets: ${names.join(', ')}`})`;
};

/** Two files that would have one name on the node. */
const namesakes = (files: readonly PayloadFile[]): string[] =>
  [...Map.groupBy(files, installedPath)].flatMap(([target, [first, second]]) =>
    first === undefined || second === undefined
      ? []
      : [`${placeOf(first)} and ${placeOf(second)} would both be ${target} on the nodes`],
  );

const unfilled = (file: PayloadFile, known: ReadonlySet<string>): string[] =>
  linesOf(file).flatMap(({ place, text }) =>
    [...text.matchAll(/\{\{\s*([a-zA-Z][\w.-]*)\s*\}\}/g)].flatMap(([all, written = '']) => {
      const name = valueNames.find((each) => written === `SPOT_TUI_${keyOf(each)}`) ?? written;
      const right = `{{${name}}}`;
      return known.has(name) && all !== right
        ? [`${place}: ${all} stays as it is: write ${right}`]
        : [];
    }),
  );

/** `instance.id` as INSTANCE_ID, and `node.name` as NODE. */
const keyOf = (name: string): string =>
  name
    .replace(/\.name$/, '')
    .replace('.', '_')
    .toUpperCase();

const inPlainFile = (file: PayloadFile, known: ReadonlySet<string>): string[] => {
  const found = linesOf(file).flatMap(({ place, text }) =>
    [...text.matchAll(placeholder)]
      .filter(([, name = '']) => name.includes('.') && known.has(name))
      .map(([all]) => ({ place, all })),
  );
  const [first] = found;
  return first === undefined
    ? []
    : [
        `${first.place}: ${first.all} stays as it is, unless the file's name ends in ${templateEnding}`,
      ];
};

const linesOf = (file: PayloadFile): { readonly place: string; readonly text: string }[] =>
  file.content
    .toString('utf8')
    .split('\n')
    .map((text, index) => ({ place: `${placeOf(file)}:${index + 1}`, text }));

const placeOf = (file: PayloadFile): string => file.origin ?? archivePath(file);
