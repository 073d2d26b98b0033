import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { countLoadedFiles } from './loaded-files.ts';
import { type Start, timeToEnd, timeToFrames, timeToRequest } from './measured-run.ts';
import { takeTurns } from './take-turns.ts';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The name of its node. */
const node = 'us-west-2-1';

/** A start takes so little time that it can be measured often. */
const roundsPerRepetition = 5;

/** One node is enough to see when nodes are seen. */
const configuration = `
deployment: bench
aws:
  total_instances: 1
  files_directory: files
regions: [us-west-2]
`;

const measure = async (options: MeasureOptions): Promise<readonly Figure[]> => {
  const { folder, log, repetitions, signal } = options;
  if (!spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')) {
    throw new Error('needs `script` of util-linux: it gives the dashboard a terminal');
  }
  const home = path.join(folder, 'home');
  const empty = path.join(folder, 'empty.mjs');
  await mkdir(home);
  await writeFile(empty, '');
  await writeFile(path.join(folder, 'config.yaml'), configuration);
  await mkdir(path.join(folder, 'files'));
  await writeFile(path.join(folder, 'files', 'hello.txt'), 'hello');
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const start = (...words: string[]): Start => ({
    words: [program, ...words],
    environment,
    folder,
    signal,
  });
  const noProgram: Start = { ...start(), words: [empty] };
  const dashboard = start('--sandbox');

  log('  a sandbox with one node');
  await timeToEnd(start('create', '--sandbox=fast', '--ci'));
  try {
    // What a first start writes into caches is not a start's usual business.
    await timeToEnd(start('--help'));
    await timeToEnd(start('list', '--sandbox'));
    await timeToFrames(dashboard, node);
    log(`  ${repetitions * roundsPerRepetition} rounds`);
    const times = await takeTurns(repetitions * roundsPerRepetition, {
      empty: () => timeToEnd(noProgram),
      version: () => timeToEnd(start('--version')),
      help: () => timeToEnd(start('--help')),
      request: () => timeToRequest(start('list')),
      frames: () => timeToFrames(dashboard, node),
    });
    const baseline = { name: 'an empty Node program', samples: times.empty };
    const loaded = await countLoadedFiles(start('--version'));
    return [
      figure('--version', times.version, baseline, 2),
      figure('--help', times.help, baseline),
      figure('first request to EC2', times.request, baseline),
      figure(
        'first frame',
        times.frames.map(({ firstFrame }) => firstFrame),
        baseline,
        6,
      ),
      figure(
        'first frame with a node',
        times.frames.map(({ nodes }) => nodes),
        baseline,
      ),
      {
        name: 'files that --version loads',
        unit: 'files',
        samples: [loaded.files],
        target: { of: 'value', atMost: 5, exact: true },
      },
      {
        name: 'bytes that --version loads',
        unit: 'bytes',
        samples: [loaded.bytes],
        target: { of: 'value', atMost: 8_000, exact: true },
      },
    ];
  } finally {
    await timeToEnd({ ...start('sandbox', 'stop'), signal: AbortSignal.timeout(30_000) });
  }
};

const figure = (
  name: string,
  samples: readonly number[],
  baseline: NonNullable<Figure['baseline']>,
  atMost?: number,
): Figure => ({
  name,
  unit: 'ms',
  samples,
  baseline,
  ...(atMost === undefined ? {} : { target: { of: 'ratio', atMost } }),
});

export const startUp: Subject = { name: 'start-up', title: 'Start-up', measure };
