import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { Task } from '../baselines/contender.ts';
import type { PayloadFolder } from '../payload.ts';
import type { Targets } from '../targets/target.ts';
import type { ClientJob, ClientResult } from './client-job.ts';

export type ClientRun = ClientResult & {
  /** Milliseconds of the whole process, Node.js' own start included. */
  readonly wholeProcess: number;
};

/**
 * Makes a client of this folder a program of its own, like the tools that it is compared to, bundled
 * as the product is.
 *
 * @returns What does the task once.
 */
export const prepareClient = async (
  name: 'product-client' | 'bare-client',
  task: Omit<Task, 'targets'> & { readonly targets: Targets },
): Promise<() => Promise<ClientRun>> => {
  const { folder, signal } = task;
  const program = path.join(folder, `${name}.mjs`);
  const jobFile = path.join(folder, `${name}-${task.count}.json`);
  await writeFile(jobFile, JSON.stringify(await jobFor(task)));
  await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node22',
    logLevel: 'warning',
    external: ['cpu-features', '*.node'],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
  });
  return async () => {
    const begin = performance.now();
    const child = spawn(process.execPath, [program, jobFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      }),
    ]);
    const wholeProcess = performance.now() - begin;
    if (status !== 0) throw new Error(`${name} failed: ${stderr.trim().slice(0, 2_000)}`);
    const result: ClientResult = JSON.parse(stdout);
    return { ...result, wholeProcess };
  };
};

const jobFor = async ({
  targets,
  count,
  payload,
  folder,
}: Pick<
  Parameters<typeof prepareClient>[1],
  'targets' | 'count' | 'payload' | 'folder'
>): Promise<ClientJob> => {
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
