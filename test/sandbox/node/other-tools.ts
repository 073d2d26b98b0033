import { access, chmod, constants, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a Mac has as well, of all that the shipped scripts call. */
const common = `
  awk basename bash cat chmod chown cmp cp cut date df dirname find getconf grep gzip head hostname id
  kill ln ls mkdir mkfifo mktemp paste perl ps readlink rm rmdir sed sh shasum sleep sort tail tar tee
  test touch tr uname wc
`;

/** Programs that it has without some options of Linux's. */
const lesser: Readonly<Record<string, string>> = { env: '-0', mv: '-T', stat: '-c' };

/** The folder in which a program of this machine lies; undefined where it has none. */
export const findProgram = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
};

/** Makes a folder, for `PATH`, with the programs of a system that is no Linux. */
export const makeOtherTools = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of common.trim().split(/\s+/)) {
    const file = await findProgram(name);
    if (file !== undefined) await symlink(file, path.join(folder, name));
  }
  for (const [name, option] of Object.entries(lesser)) {
    const file = await findProgram(name);
    const script = `#!/bin/sh
case \${1:-} in
  ${option}*) echo "${name}: illegal option ${option}" >&2; exit 64 ;;
esac
exec ${file} "$@"
`;
    await writeFile(path.join(folder, name), script);
    await chmod(path.join(folder, name), 0o755);
  }
};
