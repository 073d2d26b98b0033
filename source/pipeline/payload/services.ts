import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ComposeStack } from './compose-stacks.ts';
import {
  archivePath,
  installedName,
  installedPath,
  installFolders,
  type PayloadFile,
} from './payload-file.ts';

/** A unit of the payload, as configure-services needs to know it. */
export type PayloadService = {
  /** Such as `sensor.service`. */
  readonly unit: string;
  /** Changes when the unit or any file that it depends on changes. */
  readonly digest: string;
  /** Whether it is enabled and started, or only installed for others to start. */
  readonly action: 'start' | 'install';
};

/**
 * The units of a payload with a digest of all that each depends on: its own file, its drop-ins, and
 * every payload file that these mention by path or name, or that those mention in turn. A file that
 * nothing mentions counts for every unit: a restart too many is better than a stale service.
 *
 * @param stacks Their files count for their own unit, and for others that mention them by path: all
 * stacks have files of the same names.
 */
export const servicesOf = (
  files: readonly PayloadFile[],
  stacks: readonly ComposeStack[] = [],
): PayloadService[] => {
  const units = files.filter(({ folder, name }) => folder === 'units' && !name.includes('/'));
  const others = files.filter((file) => !units.includes(file));
  const owners = new Map(stacks.flatMap((stack) => stack.files.map((file) => [file, stack])));
  const closures = new Map(units.map((unit) => [unit, closureOf(unit, others, owners)]));
  const claimed = new Set([...closures.values()].flatMap((closure) => [...closure]));
  const unclaimed = others.filter((file) => !claimed.has(file));
  return units.map((unit) => ({
    unit: unit.name,
    digest: digestOf([unit, ...(closures.get(unit) ?? []), ...unclaimed]),
    action: startsByItself(unit) ? 'start' : 'install',
  }));
};

/** A unit without an [Install] section is started by others; a template has no instance to start. */
const startsByItself = ({ name, content }: PayloadFile): boolean =>
  !name.includes('@.') && /^\[Install\]\s*$/m.test(content.toString('utf8'));

const closureOf = (
  unit: PayloadFile,
  others: readonly PayloadFile[],
  owners: ReadonlyMap<PayloadFile, ComposeStack>,
): Set<PayloadFile> => {
  const found = new Set<PayloadFile>(
    others.filter(
      (file) =>
        owners.get(file)?.unit === unit.name ||
        (file.folder === 'units' && file.name.startsWith(`${unit.name}.d/`)),
    ),
  );
  const queue = [unit, ...found];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const text = file.content.toString('utf8');
    for (const candidate of others) {
      if (candidate.folder === 'units' || found.has(candidate)) continue;
      if (mentions(text, candidate, owners.get(candidate))) {
        found.add(candidate);
        queue.push(candidate);
      }
    }
  }
  return found;
};

const mentions = (text: string, file: PayloadFile, owner: ComposeStack | undefined): boolean =>
  mentionsItself(text, file, owner) || mentionsFolder(text, file);

const mentionsItself = (
  text: string,
  file: PayloadFile,
  owner: ComposeStack | undefined,
): boolean => {
  if (owner !== undefined) return mentionsStack(text, file, owner);
  return file.secret === undefined
    ? mentionsWord(text, path.posix.basename(installedName(file)))
    : mentionsSecret(text, file.secret);
};

/** By its path, or as templates do: its name alone, such as `token`, may stand for anything. */
const mentionsSecret = (text: string, secret: string): boolean =>
  mentionsWord(text, `secrets/${secret}`) || mentionsWord(text, `secret.${secret}`);

/** By the path in the directory of all stacks, or by the folder as its neighbours see it. */
const mentionsStack = (text: string, file: PayloadFile, { folder }: ComposeStack): boolean => {
  const own = path.posix.basename(folder);
  return (
    mentionsWord(text, path.posix.join(own, path.posix.relative(folder, installedName(file)))) ||
    mentionsWord(text, `../${own}`)
  );
};

const mentionsWord = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
};

/** A folder is mentioned where its path ends there, not where a file in it is named. */
const mentionsFolder = (text: string, file: PayloadFile): boolean => {
  const root = installFolders[file.folder];
  for (
    let folder = path.posix.dirname(installedPath(file));
    folder.length >= root.length;
    folder = path.posix.dirname(folder)
  ) {
    for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
      if (/^\/?(?:[\s"':;)]|$)/.test(text.slice(at + folder.length, at + folder.length + 2))) {
        return true;
      }
    }
  }
  return false;
};

const digestOf = (files: readonly PayloadFile[]): string => {
  const hash = createHash('sha256');
  for (const file of [...files].sort((a, b) => (archivePath(a) < archivePath(b) ? -1 : 1))) {
    hash.update(`${archivePath(file)}\0${file.mode}\0${file.content.length}\0`);
    hash.update(file.content);
  }
  return hash.digest('hex');
};
