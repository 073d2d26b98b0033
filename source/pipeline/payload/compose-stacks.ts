import path from 'node:path';
import {
  type ComposeService,
  isKnown,
  mergeComposeFiles,
  readComposeFile,
  type WrittenService,
} from './compose-file.ts';
import { PayloadError } from './payload-error.ts';
import { installedName, type PayloadFile } from './payload-file.ts';

/** Where the contents of `compose_directory` are, below the payload's folder `files`. */
export const composeFolder = 'compose';

/** Services of one compose file, which one unit runs. */
export type ComposeStack = {
  /** Its project, to Compose. */
  readonly name: string;
  /** Such as `compose-web.service`. */
  readonly unit: string;
  /** Its folder below the payload's folder `files`. */
  readonly folder: string;
  /** All that is in its folder and belongs to no other stack. */
  readonly files: readonly PayloadFile[];
  /** The services that start without being asked for. */
  readonly services: readonly ComposeService[];
};

const mainNames = new Set(
  ['compose', 'docker-compose'].flatMap((stem) => [`${stem}.yaml`, `${stem}.yml`]),
);

/** What names a Compose project, a systemd unit and a folder alike. */
const stackName = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * The stacks of a payload: a compose file directly in the directory, and one in each folder of it.
 *
 * @param directory Where its files are here, for messages.
 * @throws PayloadError with a line for everything that Compose could not run on a node.
 */
export const composeStacksOf = (
  files: readonly PayloadFile[],
  directory: string,
): ComposeStack[] => {
  const issues: string[] = [];
  const inside = files.filter(
    ({ folder, name }) => folder === 'files' && isBelow(composeFolder, name),
  );
  const mains = Map.groupBy(
    inside.filter((file) => mainNames.has(path.posix.basename(installedName(file)))),
    ({ name }) => path.posix.dirname(name),
  );
  const folders = [...mains.keys()].filter((folder) => folder.split('/').length <= 2).sort();
  if (folders.length === 0) {
    issues.push(`${directory}: there is no compose.yaml in it or in one of its folders`);
  }
  const stacks = folders.flatMap((folder): ComposeStack[] => {
    const [main, ...others] = mains.get(folder) ?? [];
    if (main === undefined) return [];
    const place = path.posix.relative(composeFolder, folder);
    const trouble = troubleWithName(place) ?? troubleWithSeveral([main, ...others]);
    if (trouble !== undefined) {
      issues.push(`${path.join(directory, place)}: ${trouble}`);
      return [];
    }
    const own = inside.filter(
      ({ name }) =>
        isBelow(folder, name) &&
        !folders.some((other) => other.length > folder.length && isBelow(other, name)),
    );
    const { problems, services } = readServices(main, own);
    issues.push(...problems);
    return [
      {
        name: place === '' ? composeFolder : place,
        unit: place === '' ? 'compose.service' : `compose-${place}.service`,
        folder,
        files: own,
        services,
      },
    ];
  });
  for (const name of sharedNames(stacks)) {
    issues.push(`${directory}: two stacks have a container named ${name}, which Docker refuses`);
  }
  if (issues.length > 0) {
    throw new PayloadError(
      issues.map((issue) => `compose_directory: ${issue}`),
      'Correct the files for Compose, then run again.',
    );
  }
  return stacks;
};

/** The services that are meant to end, since others wait for that. */
export const endingServices = ({ services }: ComposeStack): ReadonlySet<string> =>
  new Set(services.flatMap(({ waitsForEndOf }) => waitsForEndOf));

const isBelow = (folder: string, name: string): boolean => name.startsWith(`${folder}/`);

/** Why a folder can't be a stack by its name, which is empty for the directory itself. */
const troubleWithName = (name: string): string | undefined => {
  if (name === composeFolder) return `${name} is the name of a stack directly in the directory`;
  return name === '' || stackName.test(name)
    ? undefined
    : 'its name must do for a service and a Compose project: lower-case letters, digits, "-" and "_"';
};

const troubleWithSeveral = (mains: readonly PayloadFile[]): string | undefined =>
  mains.length > 1
    ? `several compose files, ${mains.map(({ name }) => path.posix.basename(name)).join(' and ')}: keep the one that you mean`
    : undefined;

/** The services that start without being asked for, and what is wrong with the files that say so. */
const readServices = (
  main: PayloadFile,
  own: readonly PayloadFile[],
): { readonly services: readonly ComposeService[]; readonly problems: readonly string[] } => {
  const written: ReadonlyMap<string, WrittenService>[] = [];
  const problems: string[] = [];
  for (const file of sourcesOf(main, own)) {
    const read = readComposeFile(file, { isTemplate: installedName(file) !== file.name });
    if ('problem' in read) problems.push(`${placeOf(file)}:${read.place} ${read.problem}`);
    else written.push(read);
  }
  const merged = mergeComposeFiles(written);
  const isEmpty = merged.length === 0 && !/^include:/m.test(String(main.content));
  if (isEmpty && problems.length === 0) problems.push(`${placeOf(main)}: it has no services`);
  const profiles = settingOf(own, path.posix.dirname(main.name), 'COMPOSE_PROFILES')?.split(',');
  return {
    problems,
    services: merged.filter(
      (service) =>
        service.profiles.length === 0 ||
        service.profiles.some((profile) => profiles?.includes(profile)),
    ),
  };
};

const placeOf = ({ name, origin }: PayloadFile): string => origin ?? name;

/** The files that Compose reads, as it finds them by itself. */
const sourcesOf = (main: PayloadFile, own: readonly PayloadFile[]): PayloadFile[] => {
  const folder = path.posix.dirname(main.name);
  const named = settingOf(own, folder, 'COMPOSE_FILE')?.split(':');
  const find = (name: string): PayloadFile[] =>
    own.filter((file) => installedName(file) === path.posix.join(folder, name)).slice(0, 1);
  if (named !== undefined) return named.flatMap(find);
  const overrides = ['compose', 'docker-compose'].flatMap((stem) =>
    ['yml', 'yaml'].flatMap((ending) => find(`${stem}.override.${ending}`)),
  );
  return [main, ...overrides.slice(0, 1)];
};

/** A variable of Compose itself, from the file of variables beside the compose file. */
const settingOf = (
  own: readonly PayloadFile[],
  folder: string,
  variable: string,
): string | undefined => {
  const text = own
    .find((file) => installedName(file) === `${folder}/.env`)
    ?.content.toString('utf8');
  const line = new RegExp(`^\\s*(?:export\\s+)?${variable}\\s*=\\s*["']?([^"'#\\n]*)`, 'm');
  const value = line.exec(text ?? '')?.[1]?.trim();
  return value === '' ? undefined : value;
};

const sharedNames = (stacks: readonly ComposeStack[]): string[] => {
  const names = stacks.flatMap(({ services }) =>
    services.flatMap(({ containerName }) =>
      containerName !== undefined && isKnown(containerName) ? [containerName] : [],
    ),
  );
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
};
