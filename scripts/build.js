// Bundles the program into dist/: one entry for the command, one for each of the sandbox's processes.
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

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

await rm('dist', { recursive: true, force: true });
await build({
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
  // What CommonJS dependencies find in their own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
  },
});
await chmod('dist/cli.js', 0o755);
