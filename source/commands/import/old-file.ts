import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { describeReadFailure } from '../../config/read-failure.ts';
import { UsageError } from '../exit-status.ts';

/** A file of an old checkout. */
export type OldFile = {
  /** Path in the checkout, with forward slashes; absolute for a file that lies elsewhere. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits, such as 0o755. */
  readonly mode: number;
  /** Absolute path of what was read, where a link in the checkout leads out of it; else absent. */
  readonly linkedFrom?: string;
};

/** Left behind by editors, desktops, interpreters and version control. */
const ignoredNames = new Set(['.DS_Store', '.git', '.gitignore', '.gitkeep', '__pycache__']);

/**
 * Reads one file; undefined where there is none, or a folder.
 *
 * @param checkout Absolute path of the checkout.
 * @throws UsageError When it is there and can't be read.
 */
export const readOldFile = async (
  checkout: string,
  absolutePath: string,
): Promise<OldFile | undefined> => {
  try {
    const found = await stat(absolutePath);
    if (!found.isFile()) return undefined;
    const shown = shownPath(checkout, absolutePath);
    const real = shownPath(await realpath(checkout), await realpath(absolutePath));
    return {
      path: shown,
      content: await readFile(absolutePath),
      mode: found.mode & 0o777,
      ...(path.isAbsolute(real) && !path.isAbsolute(shown) ? { linkedFrom: real } : {}),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(absolutePath, error);
  }
};

/**
 * Reads all files below a folder, by their paths in it; none where there is no such folder. Links
 * are followed, those that lead nowhere are left out.
 *
 * @throws UsageError When something in it can't be read.
 */
export const readOldTree = async (
  checkout: string,
  folder: string,
): Promise<ReadonlyMap<string, OldFile>> => {
  const files = new Map<string, OldFile>();
  const read = async (current: string, prefix: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(current);
    if (above.includes(real)) return;
    for (const name of (await readdir(current)).sort()) {
      if (ignoredNames.has(name)) continue;
      const full = path.join(current, name);
      const found = await stat(full).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (found?.isDirectory()) {
        await read(full, `${prefix}${name}/`, [...above, real]);
      } else {
        const file = found === undefined ? undefined : await readOldFile(checkout, full);
        if (file !== undefined) files.set(`${prefix}${name}`, file);
      }
    }
  };
  try {
    await read(folder, '', []);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (!isMissing(error)) throw unreadable(folder, error);
  }
  return files;
};

const shownPath = (checkout: string, absolutePath: string): string => {
  const relative = path.relative(checkout, absolutePath);
  return relative.startsWith('..') || path.isAbsolute(relative)
    ? absolutePath
    : relative.split(path.sep).join('/');
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const unreadable = (absolutePath: string, error: unknown): UsageError =>
  new UsageError(
    `can't read ${error instanceof Error && 'path' in error ? error.path : absolutePath}: ${describeReadFailure(error)}`,
    'Make it readable, or take it out of the old checkout, then run again. Nothing was written.',
  );
