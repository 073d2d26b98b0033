import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createFileSaver } from '../../source/ui/save-file.ts';

const inFolder = async (run: (folder: string) => Promise<void>) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'spot-tui-save-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('a file is written where one is, for its owner alone', () =>
  inFolder(async (folder) => {
    const saved = await createFileSaver(folder)('node.log', 'hello\n');
    assert.equal(saved, path.join(folder, 'node.log'));
    assert.equal(await readFile(saved, 'utf8'), 'hello\n');
    if (process.platform !== 'win32') assert.equal((await stat(saved)).mode & 0o777, 0o600);
  }));

test('a file that is there stays as it is: the new one gets a number', () =>
  inFolder(async (folder) => {
    const save = createFileSaver(folder);
    await save('node.log', 'first');
    assert.equal(await save('node.log', 'second'), path.join(folder, 'node-2.log'));
    assert.equal(await save('node.log', 'third'), path.join(folder, 'node-3.log'));
    assert.equal(await readFile(path.join(folder, 'node.log'), 'utf8'), 'first');
  }));

test('a folder that is not there is said', () =>
  inFolder(async (folder) => {
    await assert.rejects(createFileSaver(folder)('no/node.log', ''), { code: 'ENOENT' });
  }));
