import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
};

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'));

const { packages } = (await read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const locked = Object.entries(packages).filter(([name]) => name !== '');

test('every package is pinned with its sum, and none comes from elsewhere than the registry', () => {
  assert.ok(locked.length > 50);
  for (const [name, { integrity, resolved, version }] of locked) {
    assert.match(version ?? '', /^\d+\.\d+\.\d+/, name);
    assert.match(integrity ?? '', /^sha512-/, name);
    // Absent is the registry that npm is set to.
    assert.match(
      resolved ?? 'https://registry.npmjs.org/',
      /^https:\/\/registry\.npmjs\.org\//,
      name,
    );
  }
});

test('no package runs a script when it is installed, but for the one that fetches Node', async () => {
  const { allowScripts } = (await read('package.json')) as {
    readonly allowScripts: Readonly<Record<string, boolean>>;
  };
  const scripted = locked.flatMap(([name, { hasInstallScript }]) =>
    hasInstallScript ? name.replace(/^.*node_modules\//, '') : [],
  );
  assert.deepEqual(
    scripted.filter((name) => allowScripts[name] !== false),
    ['node'],
  );
});

test('nothing is installed along with the program: all that it needs is bundled', async () => {
  const manifest = (await read('package.json')) as object;
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    assert.ok(!(field in manifest), field);
  }
  assert.deepEqual(
    locked.flatMap(([name, { dev }]) => (dev ? [] : name)),
    [],
  );
});
