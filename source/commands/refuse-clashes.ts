import { statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './exit-status.ts';

/**
 * Looks whether files can be written over what is in a folder.
 *
 * @param files Paths in the folder, with forward slashes.
 * @throws UsageError When one would take a folder's place, or lie below what is no folder.
 */
export const refuseClashes = (folder: string, files: readonly string[]): void => {
  for (const file of files) {
    const names = file.split('/');
    for (let depth = 0; depth <= names.length; depth += 1) {
      const place = path.join(folder, ...names.slice(0, depth));
      const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory();
      const isFile = depth === names.length;
      if (isFolder !== undefined && isFolder === isFile) {
        throw new UsageError(
          isFile
            ? `${place} is a folder, where a file of that name belongs`
            : `${place} is a file, where a folder of that name belongs`,
          'Use an empty folder. Nothing was written.',
        );
      }
    }
  }
};
