import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a program around the dashboard as the product is: one file, and React for production. Its
 * development build costs half as much again.
 *
 * @returns the bundle's path
 */
export const bundle = async (entry: string, folder: string): Promise<string> => {
  const { name } = path.parse(entry);
  await build({
    entryPoints: [path.join(import.meta.dirname, entry)],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node22',
    jsx: 'automatic',
    minifySyntax: true,
    logLevel: 'warning',
    external: ['react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return path.join(folder, `${name}.mjs`);
};
