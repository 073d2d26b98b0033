import { open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './has-code.ts';
import { isAlive } from './process-id.ts';

/** Milliseconds after which a lock is nobody's, whatever it says: starting takes less. */
const longestStart = 60_000;

/** Milliseconds that clearing a dead lock away takes at most. */
const longestClearing = 5_000;

/**
 * Takes the right to start a folder's sandbox; the answer gives it back. Undefined while another
 * process has it. The lock of a process that died is cleared away.
 */
export const takeStartLock = async (folder: string): Promise<(() => Promise<void>) | undefined> => {
  const file = path.join(folder, 'start.lock');
  if (await create(file)) return () => rm(file, { force: true });
  if (!(await isDead(file))) return undefined;
  // Only one process at a time clears away, and it looks again: so nobody removes the fresh lock
  // of somebody who was quicker.
  const clearing = `${file}.clearing`;
  if (await create(clearing)) {
    if (await isDead(file)) await rm(file, { force: true });
    await rm(clearing, { force: true });
  } else if ((await ageOf(clearing)) > longestClearing) {
    await rm(clearing, { force: true });
  }
  return undefined;
};

const create = async (file: string): Promise<boolean> => {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${process.pid}\n`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
};

const isDead = async (file: string): Promise<boolean> => {
  try {
    const age = await ageOf(file);
    const pid = Number((await readFile(file, 'utf8')).trim());
    // Still being written.
    if (pid === 0) return age > longestClearing;
    return age > longestStart || !isAlive(pid);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
};

const ageOf = async (file: string): Promise<number> => {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
};
