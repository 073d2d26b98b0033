import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../baselines/contender.ts';
import { bundleProgram } from '../bundle-program.ts';
import { templatesFolder } from '../payload.ts';
import { runToEnd } from '../run-to-end.ts';
import type { Targets } from '../targets/target.ts';
import type { ClientJob, ClientResult } from './client-job.ts';

export type ClientRun = ClientResult & {
  /** Milliseconds of the whole process, Node.js' own start included. */
  readonly wholeProcess: number;
};

/** A task for clients, which get in by themselves. */
export type ClientTask = Omit<Task, 'targets'> & { readonly targets: Targets };

/**
 * Makes a client of this folder a program of its own, like the tools that it is compared to.
 *
 * @returns What does the task once.
 */
export const prepareClient = async (
  name: 'product-client' | 'bare-client',
  task: ClientTask,
): Promise<() => Promise<ClientRun>> => {
  const { folder, signal } = task;
  const program = await bundleProgram(path.join(import.meta.dirname, `${name}.ts`), folder);
  const jobFile = path.join(folder, `${name}-${task.count}.json`);
  await writeFile(jobFile, JSON.stringify(jobFor(task)));
  return async () => {
    const begin = performance.now();
    const { stdout, stderr, status } = await runToEnd(process.execPath, [program, jobFile], {
      signal,
    });
    const wholeProcess = performance.now() - begin;
    if (status !== 0) throw new Error(`${name} failed: ${stderr.trim().slice(0, 2_000)}`);
    const result: ClientResult = JSON.parse(stdout);
    return { ...result, wholeProcess };
  };
};

const jobFor = ({ targets, count, payload }: ClientTask): ClientJob => ({
  targets: targets.all.slice(0, count),
  username: targets.username,
  privateKeyPath: targets.privateKeyPath,
  hostKey: targets.hostKey,
  configFile: payload.configFile,
  templatesFolder,
});
