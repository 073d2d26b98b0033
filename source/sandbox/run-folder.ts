import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './has-code.ts';
import { generateHostKey } from './node/host-key.ts';
import { isAlive } from './process-id.ts';

/** What one run of the sandbox keeps on disk, apart from every other run. */
export type RunFolder = {
  readonly path: string;
  readonly privateKeyPath: string;
  readonly publicKeyPath: string;
  /** One line, as OpenSSH has it. */
  readonly publicKeyLine: string;
};

const prefix = 'run-';

/** Makes the folder of a new run, with an SSH key that was never used before. */
export const createRunFolder = async (sandboxFolder: string): Promise<RunFolder> => {
  const folder = path.join(
    sandboxFolder,
    `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = generateHostKey();
  const publicKeyLine = `${key.line} spot-tui sandbox`;
  const privateKeyPath = path.join(folder, 'id_ed25519');
  const publicKeyPath = `${privateKeyPath}.pub`;
  await writeFile(privateKeyPath, key.privateKey, { mode: 0o600 });
  await chmod(privateKeyPath, 0o600);
  await writeFile(publicKeyPath, `${publicKeyLine}\n`);
  return { path: folder, privateKeyPath, publicKeyPath, publicKeyLine };
};

/**
 * Removes what runs left behind whose process is gone, except where something is still mounted
 * below.
 */
export const removeDeadRuns = async (sandboxFolder: string): Promise<void> => {
  for (const name of await namesIn(sandboxFolder)) {
    const pid = Number(/^run-(\d+)-[0-9a-f]+$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    await removeRunFolder(path.join(sandboxFolder, name));
  }
};

/** Removes the folder of a run with everything in it. */
export const removeRunFolder = async (folder: string): Promise<void> => {
  // What is mounted there belongs to the machine, and removing goes right through a mount.
  if (await hasMounts(folder)) throw new Error(`Something is mounted below ${folder}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
};

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
};

/** https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
const hasMounts = async (folder: string): Promise<boolean> => {
  if (process.platform !== 'linux') return false;
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .some((mountPoint) => mountPoint.startsWith(`${folder}${path.sep}`));
};

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
