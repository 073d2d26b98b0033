import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { obstacle } from './cloud.ts';

const attack = fileURLToPath(new URL('attack.ts', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

/** What a node's commands would leave on the machine, were it not kept apart. */
const traces = [
  '/etc/spot-tui-was-here',
  '/home/somebody',
  '/usr/local/bin/spot-tui-was-here',
  '/usr/local/sbin/sh',
  '/tmp/spot-tui-was-here',
  '/usr/bin/x',
  '/lib/x',
  '/bin/x',
  '/etc2',
  '/usr2',
];

const existingTraces = async (): Promise<string[]> => {
  const found = await Promise.all(
    traces.map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return found.flat();
};

const canBeReadBy = async (uid: number): Promise<boolean> => {
  try {
    await run(
      process.execPath,
      ['--eval', `require('fs').readFileSync(${JSON.stringify(attack)})`],
      {
        uid,
        gid: uid,
        cwd: repository,
      },
    );
    return true;
  } catch {
    return false;
  }
};

const attackAs = async (uid: number | undefined): Promise<void> => {
  const home = await mkdtemp(path.join(tmpdir(), 'spot-tui-attack-'));
  // Somebody else's process, which could be killed if one could reach it.
  const victim = spawn('sleep', ['600'], {
    stdio: 'ignore',
    ...(uid === undefined ? {} : { uid }),
  });
  try {
    await chmod(home, 0o777);
    const outside = path.join(home, 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'file'), 'untouched');
    await chmod(outside, 0o777);
    await chmod(path.join(outside, 'file'), 0o666);
    const [env, bootId] = await Promise.all([
      readFile('/usr/bin/env'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);

    const { stdout } = await run(
      process.execPath,
      ['--import', 'tsx', attack, outside, String(victim.pid)],
      {
        cwd: repository,
        timeout: 90_000,
        env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, AWS_SECRET_ACCESS_KEY: 'secret' },
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
    );

    const {
      interfaces,
      environment,
      bootId: nodeBootId,
      bootIdAfterReboot,
      keepsFiles,
      emptiesTmp,
      ...results
    } = JSON.parse(stdout);
    for (const [name, result] of Object.entries(results)) {
      assert.match(
        String(result),
        name.startsWith('writes to') || /^(?:listens|overwrites|answers)/.test(name)
          ? /as wanted/
          : /failed/,
        `${name}: ${result}`,
      );
    }
    assert.deepEqual(interfaces, ['lo:']);
    assert.doesNotMatch(environment, /secret/);
    assert.notEqual(nodeBootId, bootIdAfterReboot);
    assert.notEqual(nodeBootId, bootId.trim());
    assert.deepEqual([keepsFiles, emptiesTmp], ['changed', true]);

    assert.equal(await readFile(path.join(outside, 'file'), 'utf8'), 'untouched');
    assert.deepEqual(await readdir(outside), ['file']);
    assert.deepEqual(await existingTraces(), []);
    assert.deepEqual(await readFile('/usr/bin/env'), env);
    assert.ok(!(await readFile('/proc/self/mountinfo', 'utf8')).includes(home));
    assert.equal(victim.exitCode ?? victim.signalCode, null);
    // Nothing of the nodes is left.
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.startsWith('spot-tui-nodes-')),
      [],
    );
  } finally {
    victim.kill();
    await rm(home, { recursive: true, force: true });
  }
};

suite('what runs on a sandbox node changes nothing but the node', { skip: obstacle }, () => {
  test('as whoever runs this', () => attackAs(undefined));

  test('as an ordinary user', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('already shown: this is one');
    const uid = 65_432;
    if (!(await canBeReadBy(uid))) return context.skip('others may not read this folder');
    await attackAs(uid);
  });
});
