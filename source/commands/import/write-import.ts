import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { refuseClashes } from '../refuse-clashes.ts';
import type { NewFile } from './classify.ts';

/**
 * Writes the files of a new folder, all of them or none: into a folder beside their places first.
 *
 * @param folder Absolute path; made where it is missing.
 * @param examine Called with the folder that holds everything, before anything takes its place.
 * @throws UsageError When what is there is in the way.
 */
export const writeImport = async <Found>(
  files: readonly NewFile[],
  { folder, schema }: { readonly folder: string; readonly schema: string },
  examine: (stagedFolder: string) => Promise<Found>,
): Promise<Found> => {
  const firstMade = await mkdir(folder, { recursive: true });
  const staged = await mkdtemp(path.join(folder, '.spot-tui-init-'));
  const names = [...files.map((file) => file.path), 'config.schema.json'];
  let isDone = false;
  try {
    for (const file of files) {
      const target = path.join(staged, file.path);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, file.content, { mode: file.mode });
    }
    await copyFile(schema, path.join(staged, 'config.schema.json'));
    const found = await examine(staged);
    refuseClashes(folder, names);
    await place(staged, folder, names);
    isDone = true;
    return found;
  } finally {
    await rm(staged, { recursive: true, force: true });
    if (!isDone && firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
  }
};

const place = async (staged: string, folder: string, names: readonly string[]): Promise<void> => {
  // New folders come as a whole; what is there already gets the files one by one.
  const tops = [...new Set(names.map((name) => name.split('/')[0] ?? name))];
  for (const top of tops) {
    if (!existsSync(path.join(folder, top))) {
      await rename(path.join(staged, top), path.join(folder, top));
      continue;
    }
    for (const name of names.filter((each) => each === top || each.startsWith(`${top}/`))) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await rename(path.join(staged, name), path.join(folder, name));
    }
  }
};
