// Bundles the program into dist/: one entry for the command, one for each of the sandbox's processes.
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { lighten } from './lighten.js';
import { publicTypes } from './public-types.js';
import { requireBuiltins } from './require-builtins.js';
import { thirdPartyLicenses } from './third-party-licenses.js';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

/** Digest of everything that decides what a build does: tells a sandbox of another build apart. */
const buildId = async () => {
  const hash = createHash('sha256');
  for (const folder of ['source', 'templates']) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .sort();
    for (const file of files) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 12);
};

const { metafile, outputFiles } = await build({
  entryPoints: {
    cli: 'source/cli.ts',
    sandbox: 'source/sandbox/process.ts',
    spawner: 'source/sandbox/node/isolation/spawner-program.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // ECMAScript modules where packages have both: what is not used falls away.
  mainFields: ['module', 'main'],
  target: 'node22',
  jsx: 'automatic',
  sourcemap: false,
  minifySyntax: true,
  // Names stay: stack traces are read by people.
  minifyWhitespace: true,
  plugins: [lighten],
  legalComments: 'none',
  logLevel: 'warning',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['cpu-features', 'react-devtools-core', '*.node'],
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    __VERSION__: JSON.stringify(version),
    __BUILD__: JSON.stringify(await buildId()),
  },
  metafile: true,
  write: false,
});
await rm('dist', { recursive: true, force: true });
await mkdir('dist/chunks', { recursive: true });
for (const { path: file, text } of outputFiles) {
  const { imports } = metafile.outputs[path.relative('.', file).replaceAll('\\', '/')];
  await writeFile(file, requireBuiltins(text, imports));
}
await writeFile('dist/third-party-licenses.txt', await thirdPartyLicenses(metafile));
await writeFile('dist/types.d.ts', await publicTypes());
await chmod('dist/cli.js', 0o755);
