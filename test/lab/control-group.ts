import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * systemd-nspawn without a service manager to register with uses its caller's control group. Two
 * machines of one caller would share it, and each machine's systemd would take the other's
 * processes for its own. So each is started in a group of its own, which also ends it for certain.
 */

const parent = 'spot-tui-lab';

/** Makes the machine's group and returns the file that takes process ids. */
export const makeControlGroup = async (name: string): Promise<string> => {
  const folder = path.join(await unifiedHierarchy(), parent, name);
  await mkdir(folder, { recursive: true });
  return path.join(folder, 'cgroup.procs');
};

/** Kills every process of the group and removes it. */
export const endControlGroup = async (name: string): Promise<void> => {
  const folder = path.join(await unifiedHierarchy(), parent, name);
  await killGroup(folder);
  await removeGroup(folder);
  // On hosts that still have it, systemd-nspawn mirrors the group into the old hierarchy.
  await removeGroup(path.join('/sys/fs/cgroup/systemd', parent, name));
};

/** Removes the group that holds the machines' groups, unless another run has machines in it. */
export const removeParentGroup = async (): Promise<void> => {
  for (const hierarchy of [await unifiedHierarchy(), '/sys/fs/cgroup/systemd']) {
    try {
      await rmdir(path.join(hierarchy, parent));
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'EBUSY', 'ENOTEMPTY'].includes(code)) throw error;
    }
  }
};

/** Kills every process of the group without waiting, for a process that is about to end. */
export const killControlGroupNow = (procsFile: string): void => {
  try {
    writeFileSync(path.join(path.dirname(procsFile), 'cgroup.kill'), '1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

const killGroup = async (folder: string): Promise<void> => {
  try {
    await writeFile(path.join(folder, 'cgroup.kill'), '1');
    while (/^populated 1$/m.test(await readFile(path.join(folder, 'cgroup.events'), 'utf8'))) {
      await sleep(20);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

const removeGroup = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (entries === undefined) return;
  for (const entry of entries) {
    if (entry.isDirectory()) await removeGroup(path.join(folder, entry.name));
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      // Processes that were just killed may not have been reaped.
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === 50) throw error;
      await sleep(20);
    }
  }
};

const unifiedHierarchy = async (): Promise<string> => {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const mount = mounts.split('\n').find((line) => line.split(' ')[2] === 'cgroup2');
  const folder = mount?.split(' ')[1];
  if (folder === undefined) throw new Error('The lab needs a cgroup2 hierarchy; none is mounted.');
  return folder;
};
