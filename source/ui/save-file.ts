import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a new file that only its owner can read, and resolves to its path. A file that is there
 * already stays as it is: then the new one gets a number.
 *
 * @throws NodeJS.ErrnoException where the folder is missing or can't be written to
 */
export type SaveFile = (file: string, content: string) => Promise<string>;

/** Numbers that are tried before it is given up. */
const mostNumbers = 1000;

/** Saves files relative to a folder. */
export const createFileSaver =
  (folder: string): SaveFile =>
  async (file, content) => {
    const { dir, name, ext } = path.parse(path.resolve(folder, file));
    for (let number = 1; ; number++) {
      const target = path.join(dir, `${name}${number === 1 ? '' : `-${number}`}${ext}`);
      try {
        await writeFile(target, content, { flag: 'wx', mode: 0o600 });
        return target;
      } catch (error) {
        if (!isTaken(error) || number >= mostNumbers) throw error;
      }
    }
  };

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';
