import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a program of the bench as the product is bundled.
 *
 * @param entry Its module.
 * @returns Where it is, in the given folder.
 */
export const bundleProgram = async (entry: string, folder: string): Promise<string> => {
  const program = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
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
  return program;
};
