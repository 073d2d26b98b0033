import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { lighten } from '../scripts/lighten.js';
import { requireBuiltins } from '../scripts/require-builtins.js';

/**
 * Bundles a program of the bench as the product is bundled.
 *
 * @param entry Its module.
 * @returns Where it is, in the given folder.
 */
export const bundleProgram = async (entry: string, folder: string): Promise<string> => {
  const program = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  const { metafile, outputFiles } = await build({
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
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [lighten],
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  for (const { text } of outputFiles) {
    await writeFile(program, requireBuiltins(text, output?.imports ?? []));
  }
  return program;
};
