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
  const complain = (place: string, problem: string): void => {
    issues.push(`compose_directory: ${path.join(directory, place)}${problem}`);
  };
  const inside = files.filter(
    ({ folder, name }) => folder === 'files' && isBelow(composeFolder, name),
  );
  const mains = Map.groupBy(
    inside.filter((file) => mainNames.has(path.posix.basename(installedName(file)))),
    ({ name }) => path.posix.dirname(name),
  );
  const folders = [...mains.keys()].filter((folder) => folder.split('/').length <= 2).sort();
  if (folders.length === 0) {
    complain('', ': there is no compose.yaml in it or in one of its folders');
  }
  const stacks = folders.flatMap((folder): ComposeStack[] => {
    const place = folder === composeFolder ? '' : path.posix.basename(folder);
    const [main, second] = mains.get(folder) ?? [];
    if (main === undefined) return [];
    if (second !== undefined) {
      const names = [main, second].map(({ name }) => path.posix.basename(name)).join(' and ');
      complain(place, `: two compose files, ${names}: keep the one that you mean`);
      return [];
    }
    if (place === composeFolder) {
      complain(place, `: ${composeFolder} is the name of a stack directly in the directory`);
      return [];
    }
    if (place !== '' && !stackName.test(place)) {
      complain(
        place,
        ': its name must do for a service and a Compose project: lower-case letters, digits, "-" and "_"',
      );
      return [];
    }
    const own = inside.filter(
      ({ name }) =>
        isBelow(folder, name) &&
        !folders.some((other) => other.length > folder.length && isBelow(other, name)),
    );
    const written = sourcesOf(main, own).flatMap((file): ReadonlyMap<string, WrittenService>[] => {
      const read = readComposeFile(file, { isTemplate: installedName(file) !== file.name });
      if (!('problem' in read)) return [read];
      complain(path.posix.relative(composeFolder, file.name), `:${read.place} ${read.problem}`);
      return [];
    });
    const merged = mergeComposeFiles(written);
    if (written.length > 0 && merged.length === 0 && !/^include:/m.test(main.content.toString())) {
      complain(path.posix.relative(composeFolder, main.name), ': it has no services');
    }
    const profiles = settingOf(own, folder, 'COMPOSE_PROFILES')?.split(',') ?? [];
    return [
      {
        name: place === '' ? composeFolder : place,
        unit: place === '' ? 'compose.service' : `compose-${place}.service`,
        folder,
        files: own,
        services: merged.filter(
          (service) =>
            service.profiles.length === 0 ||
            service.profiles.some((profile) => profiles.includes(profile)),
        ),
      },
    ];
  });
  for (const name of sharedNames(stacks)) {
    complain('', `: two stacks have a container named ${name}, which Docker refuses`);
  }
  if (issues.length > 0) {
    throw new PayloadError(issues, 'Correct the files for Compose, then run again.');
  }
  return stacks;
};

/** The services that are meant to end, since others wait for that. */
export const endingServices = ({ services }: ComposeStack): ReadonlySet<string> =>
  new Set(services.flatMap(({ waitsForEndOf }) => waitsForEndOf));

const isBelow = (folder: string, name: string): boolean => name.startsWith(`${folder}/`);

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
