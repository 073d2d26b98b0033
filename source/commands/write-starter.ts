import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { entryMeanings } from './deployment-entries.ts';
import { UsageError } from './exit-status.ts';
import { refuseClashes } from './refuse-clashes.ts';
import type { Starter } from './starters.ts';

export type StarterTarget = {
  /** Absolute path of the deployment's folder; made where it is missing. */
  readonly folder: string;
  /** Absolute path of the program's own templates. */
  readonly templatesFolder: string;
  /** Where that is, for people: `here`, `in fleet`. */
  readonly place: string;
  /** Whether what exists is overwritten. */
  readonly force: boolean;
};

const ignoreFile = '.gitignore';

/**
 * Writes a starter, and the schema of its configuration.
 *
 * @returns Names of the files and folders that were written, the configuration first.
 * @throws UsageError When one of them exists, or is in the way; nothing is written then.
 */
export const writeStarter = async (
  starter: Starter,
  { folder, force, place, templatesFolder }: StarterTarget,
): Promise<readonly string[]> => {
  const source = path.join(templatesFolder, 'deployments', starter);
  const sources = new Map(
    // npm leaves files called .gitignore out of packages: the starters have theirs without the dot.
    (await readdir(source)).map((name) => [
      name === 'gitignore' ? ignoreFile : name,
      path.join(source, name),
    ]),
  );
  sources.set('config.schema.json', path.join(templatesFolder, 'config.schema.json'));
  // Whoever has one has more in it than a starter.
  if (existsSync(path.join(folder, ignoreFile))) sources.delete(ignoreFile);
  const order = [...entryMeanings.keys()];
  const names = [...sources.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (!force) refuseExisting({ folder, place }, names);
  const inside = [...sources].map(([name, from]) => filesOf(name, from));
  refuseClashes(folder, (await Promise.all(inside)).flat());
  await mkdir(folder, { recursive: true });
  for (const [name, from] of sources) {
    await cp(from, path.join(folder, name), { recursive: true, force: true });
  }
  return names;
};

/** Paths of the files that something consists of, a file itself or a folder, under another name. */
const filesOf = async (name: string, from: string): Promise<string[]> => {
  if (!statSync(from).isDirectory()) return [name];
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(name, path.relative(from, path.join(entry.parentPath, entry.name))))
    .map((file) => file.split(path.sep).join('/'));
};

/** @throws UsageError When the folder holds one of the names, or is no folder. */
export const refuseExisting = (
  { folder, place }: Pick<StarterTarget, 'folder' | 'place'>,
  names: readonly string[],
): void => {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true)) {
    throw new UsageError(`${folder} is a file`, 'Name a folder, new or empty.');
  }
  const existing = names.filter((name) => existsSync(path.join(folder, name)));
  if (existing.length === 0) return;
  throw new UsageError(
    `${existing.join(', ')} ${existing.length === 1 ? 'exists' : 'exist'} ${place} already`,
    'Use an empty folder, or --force to overwrite.',
  );
};
