import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles a program of this folder as the product's are, so that it starts as fast. */
export const buildProgram = async (
  name: string,
  outputFolder: string,
  buildId?: string,
): Promise<string> => {
  const output = path.join(outputFolder, `${name}-${buildId ?? 'own'}.mjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile: output,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'warning',
    external: ['cpu-features', '*.node'],
    define: buildId === undefined ? {} : { __BUILD__: JSON.stringify(buildId) },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
  });
  return output;
};

/** A folder for a test that is removed behind it, after what has to come before. */
export const temporaryFolder = async (
  context: { after(callback: () => Promise<void>): void },
  beforeRemoval: (folder: string) => Promise<void> = async () => undefined,
): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-sandbox-'));
  context.after(async () => {
    await beforeRemoval(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  return folder;
};
