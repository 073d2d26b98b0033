import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../baselines/contender.ts';
import { xargsTar } from '../baselines/xargs-tar.ts';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { type PayloadFolder, writePayload } from '../payload.ts';
import { median } from '../statistics.ts';
import { type OpenSshTargets, startOpenSshTargets } from '../targets/openssh-targets.ts';
import { bundleClient, type FanOutRun } from './client-program.ts';
import type { FanOutJob } from './fan-out-job.ts';

export const fanOut: Subject = {
  name: 'fan-out',
  title: 'Fan-out: connect, upload 26 files, extract, verify, trigger',
  measure: async (options) => {
    const { quick, folder, signal, log } = options;
    const payload = await writePayload(path.join(folder, 'payload'));
    const counts = quick ? [20] : [50, 200];
    const most = Math.max(...counts);
    log(`  starting ${most} OpenSSH servers`);
    await mkdir(path.join(folder, 'openssh'));
    const targets = await startOpenSshTargets(most, path.join(folder, 'openssh'), signal);
    try {
      const figures: Figure[] = [];
      for (const count of counts) {
        figures.push(...(await measureCount(options, { targets, payload, count })));
      }
      return figures;
    } finally {
      await targets.stop();
    }
  },
};

const measureCount = async (
  { folder, repetitions, signal, log }: MeasureOptions,
  where: {
    readonly targets: OpenSshTargets;
    readonly payload: PayloadFolder;
    readonly count: number;
  },
): Promise<readonly Figure[]> => {
  const { targets, payload, count } = where;
  const job = await jobFor(targets, count, payload, folder);
  const product = await bundleClient('product-client', folder);
  const bare = await bundleClient('bare-client', folder);
  const task: Task = { targets, count, payload, folder, signal };
  const other = await xargsTar.prepare(task);

  const runs: FanOutRun[] = [];
  const floor: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    log(`  ${count} targets, round ${round + 1} of ${repetitions}`);
    runs.push(await done(task, () => product(job, signal)));
    floor.push((await done(task, () => bare(job, signal))).wholeProcess);
    baseline.push(await done(task, () => timed(other)));
  }
  const samples = runs.map(({ wholeProcess }) => wholeProcess);
  const memory = Math.round(median(runs.map(({ peakMemory }) => peakMemory)) / 1e6);
  return [
    {
      name: `${count} targets`,
      unit: 'ms',
      samples,
      baseline: { name: xargsTar.name, samples: baseline },
      ...(count === 50 ? { target: { of: 'ratio', atMost: 0.4 } } : {}),
      note: `whole processes, sharing the cores with their targets; ours had ${memory} MB`,
    },
    {
      name: `${count} targets, beside the least`,
      unit: 'ms',
      samples,
      baseline: { name: 'bare ssh2, one exec', samples: floor },
    },
  ];
};

/** Does something to targets that have nothing yet, and makes sure that it was done. */
const done = async <Result>(task: Task, work: () => Promise<Result>): Promise<Result> => {
  await task.targets.reset();
  const result = await work();
  await task.targets.requireDone(task.payload, task.count);
  return result;
};

const timed = async (work: () => Promise<void>): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

const jobFor = async (
  targets: OpenSshTargets,
  count: number,
  payload: PayloadFolder,
  folder: string,
): Promise<FanOutJob> => {
  const configFile = path.join(folder, 'config.yaml');
  await writeFile(configFile, configuration(payload));
  const { username, privateKeyPath, hostKey } = targets;
  return {
    targets: targets.all.slice(0, count),
    username,
    privateKeyPath,
    hostKey,
    configFile,
    templatesFolder: path.resolve(import.meta.dirname, '../../templates'),
  };
};

const configuration = ({ folder }: PayloadFolder): string => `aws:
  total_instances: 1
  username: root
  scripts_directory: ${folder}/scripts
  config_directory: ${folder}/config
  files_directory: ${folder}/files
  units_directory: ${folder}/units
regions:
  - us-west-2
`;
