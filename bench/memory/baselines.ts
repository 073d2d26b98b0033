import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { BareJob } from './bare-job.ts';
import { bundle, type FleetProcess, message } from './fleet-process.ts';
import type { ClientMessage, ClientRequest } from './messages.ts';

type Server = FleetProcess['server'];

/** Resident bytes of a process that holds connections with ssh2 and does nothing else. */
export const residentOfBare = async (
  count: number,
  server: Server,
  folder: string,
): Promise<number> => {
  const job: BareJob = { count, ...server };
  const child = fork(await bundle('bare-program.ts', folder), [JSON.stringify(job)]);
  try {
    await message<ClientMessage, 'up'>(child, 'up');
    const measured = message<ClientMessage, 'measured'>(child, 'measured');
    child.send({ type: 'measure' } satisfies ClientRequest);
    return (await measured).resident;
  } finally {
    child.kill('SIGKILL');
  }
};

/**
 * Bytes that one process of OpenSSH's client adds to what is in use: what several share counts for
 * each in part (proc(5), Pss). The mean of a handful.
 *
 * @throws Error where there is no ssh, or no Linux
 */
export const proportionalOfSsh = async (
  handful: number,
  { port, privateKeyPath }: Server,
): Promise<number> => {
  const children = Array.from({ length: handful }, () =>
    spawn(
      'ssh',
      [
        ...['-F', '/dev/null', '-N', '-i', privateKeyPath, '-p', `${port}`],
        ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
        ...['-o', 'PermitLocalCommand=yes', '-o', 'LocalCommand=echo up', 'ubuntu@127.0.0.1'],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    ),
  );
  try {
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const sizes = await Promise.all(
      children.map(async ({ pid }) => {
        const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
        return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1]) * 1024;
      }),
    );
    return sizes.reduce((sum, size) => sum + size, 0) / handful;
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
};
