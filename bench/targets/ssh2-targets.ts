import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleProgram } from '../bundle-program.ts';
import { freePort } from './free-port.ts';
import { loopbackAddress, type Target, type Targets } from './target.ts';

const run = promisify(execFile);

/** What one process of servers is told. */
export type Ssh2ServerJob = {
  readonly targets: readonly Target[];
  readonly hostKeyPath: string;
  readonly publicKeyPath: string;
  /** Bytes of the payload, without all of which no trigger succeeds. */
  readonly archiveSize: number;
};

/** Each process takes half: a machine has two cores at least. */
const processes = 2;

/**
 * Starts servers that answer like nodes, for more targets than a machine has room for.
 *
 * @param folder For keys and the program; exists.
 */
export const startSsh2Targets = async (
  count: number,
  { folder, archiveSize }: { readonly folder: string; readonly archiveSize: number },
): Promise<Targets & { readonly stop: () => void }> => {
  const privateKeyPath = path.join(folder, 'id');
  const hostKeyPath = path.join(folder, 'host_key');
  for (const file of [privateKeyPath, hostKeyPath]) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  }
  const program = await bundleProgram(path.join(import.meta.dirname, 'ssh2-server.ts'), folder);
  const port = await freePort(loopbackAddress(82, 0));
  const all = Array.from({ length: count }, (_, index) => ({
    address: loopbackAddress(82, index),
    port,
  }));
  const children: ChildProcess[] = [];
  const stop = () => {
    for (const child of children) child.kill();
  };
  try {
    for (let index = 0; index < processes; index += 1) {
      const job: Ssh2ServerJob = {
        // Whatever part of them is measured is spread over all processes.
        targets: all.filter((_, place) => place % processes === index),
        hostKeyPath,
        publicKeyPath: `${privateKeyPath}.pub`,
        archiveSize,
      };
      const child = spawn(process.execPath, [program, JSON.stringify(job)], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      children.push(child);
      const [word] = await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(([status]) => [`status ${status}`]),
      ]);
      if (word !== 'ready') throw new Error(`the ssh2 servers did not start: ${word}`);
    }
  } catch (error) {
    stop();
    throw error;
  }
  const hostKey = (await readFile(`${hostKeyPath}.pub`, 'utf8')).split(' ', 2).join(' ').trim();
  return { all, username: 'root', privateKeyPath, hostKey, stop };
};
