import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** An EC2 endpoint that others wrote, in a process of its own. */
export type ForeignEndpoint = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Starts a server that says `Running on http://127.0.0.1:PORT` on its standard error once it
 * listens.
 *
 * @param environment All that it gets besides PATH.
 */
export const startForeignEndpoint = async (
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ForeignEndpoint> => {
  const server = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  const url = await findUrl(server, server.stderr);
  return { url, close: () => end(server) };
};

const findUrl = async (server: ChildProcess, stderr: Readable): Promise<string> => {
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    said.push(line);
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Nobody reads the log from here on, and a full pipe would stall the server.
    stderr.resume();
    return url;
  }
  await end(server);
  throw new Error(`the endpoint did not start:\n${said.join('\n')}`);
};

const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
};
