import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { FanOutJob, FanOutResult } from './fan-out-job.ts';

/** A client as a program of its own, like the tools that it is compared to. */
export type ClientProgram = (job: FanOutJob, signal: AbortSignal) => Promise<FanOutRun>;

export type FanOutRun = FanOutResult & {
  /** Milliseconds of the whole process, Node.js' own start included. */
  readonly wholeProcess: number;
};

/** Bundles a client of this folder as the product is bundled. */
export const bundleClient = async (
  name: 'product-client' | 'bare-client',
  folder: string,
): Promise<ClientProgram> => {
  const program = path.join(folder, `${name}.mjs`);
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
  return async (job, signal) => {
    const jobFile = path.join(folder, `${name}.json`);
    await writeFile(jobFile, JSON.stringify(job));
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
    const result: FanOutResult = JSON.parse(stdout);
    return { ...result, wholeProcess };
  };
};
