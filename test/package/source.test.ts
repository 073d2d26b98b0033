import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from './clean-machine.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Licences that ask for no more than their text, which the package brings along. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);

test('every package in the bundle has a licence that lets it be passed on', async () => {
  const text = await readFile(`${checkout}dist/third-party-licenses.txt`, 'utf8');
  const titles = [...text.matchAll(/^- (\S+) \d+\.\d+\.\d\S* \((.*)\)$/gm)];
  const names = new Set(titles.map(([, name = '']) => name));
  for (const name of ['ink', 'react', 'ssh2', '@aws-sdk/client-ec2', 'yoga-layout', 'zod']) {
    assert.ok(names.has(name), name);
  }
  assert.deepEqual(
    titles.flatMap(([title, , license = '']) => (allowed.has(license) ? [] : title)),
    [],
  );
});

test('knip finds no file, export or dependency that nothing uses', async () => {
  const { status, stdout, stderr } = await runCommand(
    process.execPath,
    [`${checkout}node_modules/knip/bin/knip.js`, '--no-progress'],
    checkout,
    process.env,
  );
  assert.equal(status, 0, stdout + stderr);
});
