import { access, chmod, constants, copyFile } from 'node:fs/promises';
import path from 'node:path';

/** Programs of Linux that the shipped scripts call, and that other systems lack. */
const wanted = ['sha256sum'];

/**
 * Puts a stand-in, `templates/sandbox/<name>`, for each program that the shipped scripts call and
 * that this machine has not.
 *
 * @param programs Where the stand-ins go.
 * @param searchPath `PATH` of the machine.
 */
export const installSubstitutes = async (
  programs: string,
  templatesFolder: string,
  searchPath: string,
): Promise<void> => {
  for (const name of wanted) {
    if (await isFound(name, searchPath)) continue;
    const target = path.join(programs, name);
    await copyFile(path.join(templatesFolder, 'sandbox', name), target);
    await chmod(target, 0o755);
  }
};

const isFound = async (name: string, searchPath: string): Promise<boolean> => {
  // A Mac's own, where it has one, takes other options.
  if (process.platform === 'darwin') return false;
  for (const folder of searchPath.split(path.delimiter).filter((each) => each !== '')) {
    const found = await access(path.join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
};
