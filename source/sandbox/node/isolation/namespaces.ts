import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type IdentityMap, mapLines } from './identity-map.ts';

/** Programs of util-linux, coreutils and a shell that the walls are built with. */
const neededPrograms = ['sh', 'cat', 'cp', 'unshare', 'nsenter', 'mount', 'umount', 'pivot_root'];

/** Where the tools lie, whatever the `PATH` of the sandbox is. */
const toolPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The user namespace that the nodes of a sandbox share. It lasts as long as a process that waits for
 * the sandbox's end of a pipe to close.
 */
export type UserNamespace = {
  readonly identities: IdentityMap;
  /** Words of a command that runs what follows within the namespace, as its root. */
  readonly enter: readonly string[];
  /** Options with which `nsenter` also joins the other namespaces of a process. */
  readonly preserveCredentials: readonly string[];
  close(): Promise<void>;
};

/**
 * Makes the user namespace.
 *
 * @throws Error saying what is missing, where the platform has none or does not let us.
 */
export const openUserNamespace = async (identities: IdentityMap): Promise<UserNamespace> => {
  if (process.platform !== 'linux') throw new Error(`${process.platform} has no namespaces`);
  const tools = new Map<string, string>();
  for (const name of neededPrograms) tools.set(name, await findTool(name));
  const privileged = process.getuid?.() === 0;
  const holder = spawn(
    'unshare',
    ['--user', ...(privileged ? [] : ['--map-root-user']), 'sh', '-c', 'echo; exec cat'],
    { stdio: ['pipe', 'pipe', 'pipe'], env: toolEnvironment, cwd: '/' },
  );
  await firstOutput(holder);
  const { pid } = holder;
  if (pid === undefined) throw new Error('unshare did not start');
  if (privileged) {
    const lines = mapLines(identities);
    await writeFile(`/proc/${pid}/uid_map`, lines.uid);
    await writeFile(`/proc/${pid}/gid_map`, lines.gid);
  }
  const nsenter = tools.get('nsenter') ?? 'nsenter';
  const preserveCredentials = privileged ? [] : ['--preserve-credentials'];
  return {
    identities,
    enter: [nsenter, `--user=/proc/${pid}/ns/user`, ...preserveCredentials, '--'],
    preserveCredentials,
    close: async () => {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const exited = once(holder, 'exit');
      holder.stdin?.end();
      await exited;
    },
  };
};

/** The environment of the tools: nothing of the caller's gets into a node. */
export const toolEnvironment: NodeJS.ProcessEnv = { PATH: toolPath, LC_ALL: 'C' };

const findTool = async (name: string): Promise<string> => {
  for (const folder of toolPath.split(':')) {
    const file = path.join(folder, name);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // Looked for in the next folder.
    }
  }
  throw new Error(`${name} is not installed`);
};

/**
 * What a process printed first.
 *
 * @throws Error with its complaint, when it ends before it prints anything.
 */
export const firstOutput = async (child: ChildProcess): Promise<string> => {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the process has no output');
  let complaint = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      reject(new Error(complaint.trim() || `it ended with ${signal ?? `status ${code}`}`)),
    );
    stdout.setEncoding('utf8').once('data', resolve);
  });
};
