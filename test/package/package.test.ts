import assert from 'node:assert/strict';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { CleanMachine, runCommand } from './clean-machine.ts';
import { type Packed, pack } from './pack.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const maximumSize = 6_000_000;

type Manifest = {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
};

let folder: string;
let packed: Packed;
let tarball: string;
let manifest: Manifest;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-tarball-'));
  packed = await pack(checkout, folder);
  tarball = path.join(folder, packed.filename);
  manifest = JSON.parse(await readFile(path.join(checkout, 'package.json'), 'utf8')) as Manifest;
});

after(() => rm(folder, { recursive: true, force: true }));

test('the tarball holds what runs and what explains it, and is small', () => {
  const files = packed.files.map(({ path: file }) => file);
  for (const file of [
    'dist/cli.js',
    'dist/sandbox.js',
    'dist/spawner.js',
    'dist/third-party-licenses.txt',
    'dist/types.d.ts',
    'license',
    'readme.md',
    'templates/config.schema.json',
    'templates/events.schema.json',
    'templates/receive-payload.sh',
  ]) {
    assert.ok(files.includes(file), file);
  }
  const others = files.filter(
    (file) =>
      !/^(?:dist|templates)\/|^docs\/[^/]+\.md$|^(?:license|package\.json|readme\.md)$/.test(file),
  );
  assert.deepEqual(others, []);
  assert.ok(packed.unpackedSize <= maximumSize, `${packed.unpackedSize} bytes`);
});

test('nothing runs when it is installed', () => {
  const hooks = ['preinstall', 'install', 'postinstall'];
  assert.deepEqual(
    hooks.filter((hook) => hook in manifest.scripts),
    [],
  );
  // npm compiles wherever it finds one.
  assert.ok(!packed.files.some(({ path: file }) => file.endsWith('binding.gyp')));
});

test('publint finds nothing in the tarball', async () => {
  const { buffer } = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer } });
  assert.deepEqual(
    messages.flatMap((message) =>
      message.type === 'suggestion' ? [] : formatMessage(message, pkg, { color: false }),
    ),
    [],
  );
});

/** From an empty folder to a fleet that is gone again. */
const tryOn = async (machine: CleanMachine, context: TestContext): Promise<void> => {
  const begin = performance.now();
  const install = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', tarball];
  const installed = await machine.run('npm', install);
  assert.equal(installed.status, 0, installed.stderr);
  assert.deepEqual(await readdir(path.join(machine.folder, 'node_modules')), [
    '.bin',
    '.package-lock.json',
    'spot-tui',
  ]);
  assert.deepEqual(machine.requests, []);
  const afterInstall = performance.now();

  const version = await machine.run('spot-tui', ['--version']);
  assert.equal(version.stdout.trim(), manifest.version, version.stderr);
  const help = await machine.run('spot-tui', ['--help']);
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /create/);
  const explained = await machine.run('spot-tui', ['explain', 'ssh']);
  assert.equal(explained.status, 0, explained.stderr);
  assert.match(explained.stdout, /^The node does not answer SSH\n/);

  const beforeCreate = performance.now();
  const created = await machine.run('spot-tui', ['create', '--sandbox=fast', '--ci', '--count=5']);
  assert.equal(created.status, 0, created.stdout + created.stderr);
  assert.match(created.stdout, /5 ready/);
  const ready = performance.now();

  const destroyed = await machine.run('spot-tui', ['destroy', '--sandbox', '--yes']);
  assert.equal(destroyed.status, 0, destroyed.stdout + destroyed.stderr);
  const left = await machine.run('spot-tui', ['list', '--sandbox', '--json']);
  assert.deepEqual((JSON.parse(left.stdout) as { readonly nodes: unknown }).nodes, []);
  assert.deepEqual(machine.requests, []);

  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
  const { stdout: node } = await machine.run('node', ['--version']);
  context.diagnostic(
    `node ${node.trim()}: installed in ${seconds(afterInstall - begin)} s, five nodes ready after ${seconds(ready - beforeCreate)} s more; ${(packed.unpackedSize / 1e6).toFixed(2)} MB unpacked`,
  );
};

test('an empty machine installs it alone and has five nodes ready', async (context) => {
  const machine = await CleanMachine.create(path.dirname(process.execPath));
  try {
    await tryOn(machine, context);
  } finally {
    await machine.remove();
  }
});

test('so does one with the oldest Node.js that is supported', async (context) => {
  const name = `node-${process.platform}-${process.arch}`;
  const nodeFolder = path.join(folder, 'node22');
  const install = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    nodeFolder,
  ];
  const obtained = await runCommand('npm', [...install, `${name}@22`], folder, process.env);
  if (obtained.status !== 0) {
    context.skip(`npm could not install ${name}@22: ${obtained.stderr.slice(0, 200)}`);
    return;
  }
  const bin = path.join(nodeFolder, 'node_modules', name, 'bin');
  await access(path.join(bin, 'node'));
  const machine = await CleanMachine.create(bin);
  try {
    const { stdout } = await machine.run('node', ['--version']);
    assert.match(stdout, /^v22\./);
    await tryOn(machine, context);
  } finally {
    await machine.remove();
  }
});

test('npx runs it from the tarball, with nothing installed', async (context) => {
  const machine = await CleanMachine.create(path.dirname(process.execPath));
  try {
    const npx = (...words: string[]) =>
      machine.run('npx', ['--yes', '--package', `file:${tarball}`, 'spot-tui', ...words]);
    const begin = performance.now();
    const created = await npx('create', '--sandbox=fast', '--ci', '--count=1');
    assert.equal(created.status, 0, created.stdout + created.stderr);
    assert.match(created.stdout, /1 ready/);
    context.diagnostic(
      `a node ready ${((performance.now() - begin) / 1000).toFixed(1)} s after npx`,
    );
    assert.deepEqual(machine.requests, []);
    await npx('sandbox', 'stop');
  } finally {
    await machine.remove();
  }
});

test('what is in the bundle imports nothing but Node’s own modules', async () => {
  const dist = path.join(checkout, 'dist');
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.js'));
  assert.ok(files.length > 10);
  // Statements and calls as a minified bundle has them: at its begin, or after a statement.
  const imports =
    /(?:(?<=^|[;}\n])import(?:[\w$\s{},*]*?from)?\s*|\bimport\()"([^"\n]+)"|(?<![\w$.])require\("([^"\n]+)"\)/g;
  const optional = ['cpu-features', 'react-devtools-core', '@aws-sdk/signature-v4-crt'];
  const seen = new Set<string>();
  for (const file of files) {
    const text = await readFile(path.join(dist, file), 'utf8');
    for (const [, imported, required] of text.matchAll(imports)) {
      seen.add(imported ?? required ?? '');
    }
  }
  assert.ok(seen.has('node:fs/promises') || seen.has('fs'), [...seen].join(' '));
  assert.deepEqual(
    [...seen].filter(
      (name) => !/^\.{1,2}\//.test(name) && !isBuiltin(name) && !optional.includes(name),
    ),
    [],
  );
});
