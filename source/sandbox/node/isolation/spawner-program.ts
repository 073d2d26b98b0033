import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { SpawnerAnswer, SpawnRequest, StreamEnd } from './spawner-protocol.ts';

/** What a command gets for a stream, and how this process lets go of it. */
type Given = { readonly stdio: 'ignore' | number | Socket; readonly release: () => void };

const give = async (end: StreamEnd, socketName: string): Promise<Given> => {
  switch (end.type) {
    case 'none':
      return { stdio: 'ignore', release: () => undefined };
    case 'pipe': {
      const pipe = openToWrite(`/proc/${process.ppid}/fd/${end.descriptor}`);
      return { stdio: pipe, release: () => closeSync(pipe) };
    }
    case 'socket': {
      const socket = await open(end.token, socketName);
      return { stdio: socket, release: () => socket.destroy() };
    }
    default:
      return end satisfies never;
  }
};

/**
 * The writing end of a pipe. Its reader may be gone already, and who opens it then waits for another
 * one, for ever and with everything that is to be started. So this is one for as long as that takes.
 */
const openToWrite = (name: string): number => {
  const reader = openSync(name, constants.O_RDWR);
  try {
    return openSync(name, constants.O_WRONLY);
  } finally {
    closeSync(reader);
  }
};

/** A socket of which the other end is the sandbox's, as it knows by the token. */
const open = (token: string, socketName: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketName);
    // What comes is for the command.
    socket.pause();
    socket.once('error', reject);
    socket.write(token, () => resolve(socket));
  });

const tell = (answer: SpawnerAnswer): void => {
  process.send?.(answer);
};

const start = async ({ file, id, socketName, streams, words }: SpawnRequest): Promise<void> => {
  const given = await Promise.all(streams.map((end) => give(end, socketName)));
  const child = spawn(file, words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: given.map(({ stdio }) => stdio),
    detached: true,
  });
  for (const { release } of given) release();
  child.once('error', () => tell({ id, type: 'failed' }));
  child.once('exit', (code, signal) => tell({ id, type: 'exited', code, signal }));
  if (child.pid !== undefined) tell({ id, type: 'started', pid: child.pid });
};

process.send?.('ready');
process.on('message', (request: SpawnRequest) => {
  start(request).catch(() => tell({ id: request.id, type: 'failed' }));
});
// The sandbox is gone, whatever became of it.
process.on('disconnect', () => process.exit());
// They are for the sandbox, which ends this process when it is done with it.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
