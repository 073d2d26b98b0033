import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../baselines/contender.ts';
import { type DelayingProxy, startDelayingProxy } from './delaying-proxy.ts';

/** A task for one target that seems far away, until its proxy is closed. */
export type DistantTask = { readonly task: Task; readonly proxy: DelayingProxy };

/**
 * Puts a delay before the first target of a task.
 *
 * @param roundTrip Milliseconds.
 */
export const moveAway = async (task: Task, roundTrip: number): Promise<DistantTask> => {
  const { targets, folder } = task;
  const [near] = targets.all;
  if (near === undefined) throw new Error('there is no target');
  const proxy = await startDelayingProxy(near, near.address, roundTrip);
  const { target } = proxy;
  const sshConfig = path.join(folder, `ssh_config-${target.port}`);
  // What is said first counts.
  await writeFile(sshConfig, `Port ${target.port}\nInclude ${targets.sshConfig}\n`);
  return { task: { ...task, targets: { ...targets, all: [target], sshConfig }, count: 1 }, proxy };
};
