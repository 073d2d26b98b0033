import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { loadConfig } from '../../source/config/load.ts';
import { rejectedLines, temporaryFolder } from './temporary-config.ts';

const refuses = (folder: string, file: string, message: string) =>
  assert.rejects(loadConfig(file, { environment: { HOME: folder }, workingDirectory: folder }), {
    name: 'ConfigError',
    message,
  });

test('a file that is missing: says how to get one', async (t) => {
  await refuses(
    await temporaryFolder(t),
    './some/config.yaml',
    "./some/config.yaml: can't be read: there is no such file or folder; `spot-tui init` writes one to start with",
  );
});

test('a folder instead of a file', async (t) => {
  await refuses(await temporaryFolder(t), '.', ".: can't be read: it is a folder");
});

test('a file below a file', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'a'), '');
  await refuses(
    folder,
    'a/config.yaml',
    "a/config.yaml: can't be read: something in its path is a file instead of a folder",
  );
});

test('a symbolic link to itself', async (t) => {
  const folder = await temporaryFolder(t);
  await symlink('config.yaml', path.join(folder, 'config.yaml'));
  await refuses(
    folder,
    'config.yaml',
    "config.yaml: can't be read: its symbolic links go round in circles",
  );
});

test('a file that others may not read', {
  skip: process.getuid?.() === 0 && 'root may read everything',
}, async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'config.yaml'), 'regions: [us-west-2]\n');
  await chmod(path.join(folder, 'config.yaml'), 0o000);
  await refuses(
    folder,
    'config.yaml',
    "config.yaml: can't be read: you have no permission to read it",
  );
});

test('a name that breaks the line stays on one', async (t) => {
  await refuses(
    await temporaryFolder(t),
    'a\nb\u001b[2J.yaml',
    "a\\u{a}b\\u{1b}[2J.yaml: can't be read: there is no such file or folder; `spot-tui init` writes one to start with",
  );
});

const rejects = async (t: TestContext, content: string | Buffer, line: string) =>
  assert.deepEqual((await rejectedLines(t, content)).errors, [line]);

test('a file with nothing in it', async (t) => {
  const line = 'config.yaml: the file is empty; `spot-tui init` writes one to start with';
  for (const content of ['', '\n\n', '# only a comment\n', '---\n', 'null\n', '\uFEFF']) {
    await rejects(t, content, line);
  }
});

test('a file in another encoding: says where', async (t) => {
  await rejects(
    t,
    Buffer.from('regions: [us-west-2]\ndeployment: caf\xe9 x\n', 'latin1'),
    'config.yaml:2:16: expected text in UTF-8, got other bytes; save it as UTF-8',
  );
  await rejects(
    t,
    Buffer.from('\uFEFFregions: []', 'utf16le'),
    'config.yaml:1:1: expected text in UTF-8, got UTF-16; save it as UTF-8',
  );
});

test('a file without an end', async (t) => {
  await rejects(
    t,
    Buffer.alloc(2 * 1024 * 1024, '# much\n'),
    'config.yaml: too large, expected at most 1 MiB of YAML',
  );
  await refuses(
    await temporaryFolder(t),
    '/dev/zero',
    '/dev/zero: too large, expected at most 1 MiB of YAML',
  );
});

test('reads what a shell substitutes: a pipe', async (t) => {
  const folder = await temporaryFolder(t);
  await promisify(execFile)('mkfifo', [path.join(folder, 'pipe')]);
  const [{ config }] = await Promise.all([
    loadConfig('pipe', { environment: {}, workingDirectory: folder }),
    writeFile(path.join(folder, 'pipe'), 'regions: [us-west-2]\n'),
  ]);
  assert.equal(config.regions[0]?.region, 'us-west-2');
});

test('an aborted load ends with the reason', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'config.yaml'), 'regions: [us-west-2]\n');
  const reason = new Error('enough');
  await assert.rejects(
    loadConfig('config.yaml', {
      environment: {},
      workingDirectory: folder,
      signal: AbortSignal.abort(reason),
    }),
    reason,
  );
});
