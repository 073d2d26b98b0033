import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateHostKey } from '../../source/sandbox/node/host-key.ts';
import { bundleProgram } from '../bundle-program.ts';
import type { MeasureOptions } from '../figure.ts';
import type { ClientJob } from './client-job.ts';
import type {
  ClientMessage,
  ClientRequest,
  CloudMessage,
  CloudRequest,
  Measurement,
} from './messages.ts';

/** A fleet in one process and its machines in another. */
export type FleetProcess = {
  /** Lets each node's journal say so many lines, and waits until all of them have arrived. */
  readonly print: (lines: number) => Promise<void>;
  /** How often nodes have been inspected. */
  readonly looks: () => number;
  readonly measure: () => Promise<Measurement>;
  /** One more of its SSH servers, which lets anybody in, and a key for it. */
  readonly server: { readonly port: number; readonly privateKeyPath: string };
  readonly stop: () => void;
};

export type FleetToStart = { readonly nodes: number; readonly healthInterval: number };

/** Brings a fleet up. @throws Error where not all of its nodes become ready */
export const startFleet = async (
  { healthInterval, nodes }: FleetToStart,
  { folder: parent, signal }: Pick<MeasureOptions, 'folder' | 'signal'>,
): Promise<FleetProcess> => {
  const folder = path.join(parent, `${nodes}`);
  await mkdir(folder);
  const cloud = fork(await bundle('cloud-program.ts', folder), [], { signal });
  const children: ChildProcess[] = [cloud];
  const stop = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    const { port, url } = await message<CloudMessage, 'up'>(cloud, 'up');
    const { line, privateKey } = generateHostKey();
    const privateKeyPath = path.join(folder, 'key');
    await writeFile(privateKeyPath, privateKey, { mode: 0o600 });
    await writeFile(`${privateKeyPath}.pub`, `${line}\n`);
    const job: ClientJob = {
      endpoint: url,
      nodes,
      folder,
      templatesFolder: path.resolve('templates'),
      privateKeyPath,
      payload: await writePayload(folder),
      healthInterval,
    };
    const client = fork(await bundle('client-program.ts', folder), [JSON.stringify(job)], {
      execArgv: ['--expose-gc'],
      signal,
    });
    children.push(client);
    const { ready } = await message<ClientMessage, 'up'>(client, 'up');
    if (ready !== nodes) throw new Error(`only ${ready} of ${nodes} nodes became ready`);
    const measure = async (): Promise<Measurement> => {
      const measured = message<ClientMessage, 'measured'>(client, 'measured');
      client.send({ type: 'measure' } satisfies ClientRequest);
      return measured;
    };
    let printed = 0;
    let looks = 0;
    return {
      looks: () => looks,
      measure,
      server: { port, privateKeyPath },
      stop,
      print: async (lines) => {
        const done = message<CloudMessage, 'printed'>(cloud, 'printed');
        cloud.send({ type: 'print', lines } satisfies CloudRequest);
        looks = (await done).looks;
        printed += lines * nodes;
        while ((await measure()).lines < printed) await sleep(200, undefined, { signal });
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
};

export const bundle = (name: string, folder: string): Promise<string> =>
  bundleProgram(path.join(import.meta.dirname, name), folder);

export const message = <Message extends { readonly type: string }, Type extends Message['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<Message, { type: Type }>> =>
  new Promise((resolve, reject) => {
    const hear = (said: Message) => {
      if (said.type !== type) return;
      child.off('message', hear);
      child.off('exit', fail);
      resolve(said as Extract<Message, { type: Type }>);
    };
    const fail = () => reject(new Error(`the process ended before it said "${type}"`));
    child.on('message', hear);
    child.once('exit', fail);
  });

/** One service is enough: what its journal says is what takes room. */
const writePayload = async (folder: string) => {
  const directories = {
    configDirectory: path.join(folder, 'config'),
    scriptsDirectory: path.join(folder, 'scripts'),
    unitsDirectory: path.join(folder, 'units'),
  };
  for (const directory of Object.values(directories)) await mkdir(directory);
  const script = '#!/bin/sh\nexec sleep infinity\n';
  await writeFile(path.join(directories.scriptsDirectory, 'work.sh'), script, { mode: 0o755 });
  const unit = '[Service]\nExecStart=/opt/uploaded_files/scripts/work.sh\n';
  await writeFile(path.join(directories.unitsDirectory, 'work.service'), unit);
  return directories;
};
