import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, type TestContext, test } from 'node:test';
import { PipePool } from '../../../source/sandbox/node/isolation/pipe-pool.ts';
import { Spawner, type StartedProcess } from '../../../source/sandbox/node/isolation/spawner.ts';

const open = async (context: TestContext): Promise<Spawner> => {
  const spawner = await Spawner.open();
  context.after(() => spawner.close());
  return spawner;
};

const shell = (spawner: Spawner, script: string, stdin: 'pipe' | 'ignore' = 'ignore') =>
  spawner.start({ file: '/bin/sh', words: ['-c', script], stdin });

const outputOf = async ({ stderr, stdout }: StartedProcess): Promise<string[]> => {
  if (stdout === undefined || stderr === undefined) throw new Error('there is no output');
  return Promise.all([text(stdout), text(stderr)]);
};

suite('what starts commands for the nodes', { skip: process.platform !== 'linux' }, () => {
  test('gives a command its input, and hands out both outputs and the status', async (t) => {
    const command = shell(await open(t), 'cat; echo wrong >&2; exit 3', 'pipe');
    command.stdin?.end('some input\n');
    assert.deepEqual(await outputOf(command), ['some input\n', 'wrong\n']);
    assert.deepEqual(await command.exited, { code: 3 });
  });

  test('loses nothing of what a command prints that has ended long before it is read', async (t) => {
    const spawner = await open(t);
    const commands = Array.from({ length: 20 }, () => shell(spawner, 'printf %5000s end'));
    await Promise.all(commands.map(({ exited }) => exited));
    for (const command of commands) {
      const [output = ''] = await outputOf(command);
      assert.equal(output.length, 5000);
    }
  });

  test('tells the signal that ended a command', async (t) => {
    const command = shell(await open(t), 'exec sleep 1000');
    await command.started;
    process.kill(command.pid() ?? 0, 'SIGTERM');
    assert.deepEqual(await command.exited, { signal: 'SIGTERM' });
    assert.equal(command.pid(), undefined);
  });

  test('says of a program that is not there what a shell says', async (t) => {
    const spawner = await open(t);
    const command = spawner.start({ file: '/no/such/program', words: [], stdin: 'ignore' });
    assert.deepEqual(await command.exited, { code: 203 });
  });

  test('tells whoever feeds a command that it takes no more', async (t) => {
    const command = shell(await open(t), 'exec <&-', 'pipe');
    const { stdin } = command;
    if (stdin === undefined) throw new Error('there is no input');
    const [error] = (await once(stdin, 'error')) as [Error];
    assert.match(error.message, /closed its input/);
  });

  test('starts a command that nobody listens to any more, and others after it', async (t) => {
    const spawner = await open(t);
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-pipes-'));
    const pool = new PipePool(folder);
    t.after(async () => {
      await pool.close();
      await rm(folder, { recursive: true });
    });
    const pipes = [pool.take(), pool.take()] as const;
    for (const { ourEnd } of pipes) {
      ourEnd.destroy();
      await once(ourEnd, 'close');
    }
    const [stdout, stderr] = pipes;
    const command = spawner.start({
      file: '/bin/sh',
      words: ['-c', 'echo to nobody'],
      stdin: 'ignore',
      outputs: { stdout: stdout.childEnd, stderr: stderr.childEnd },
    });
    await command.started;
    for (const { childEnd } of pipes) closeSync(childEnd);
    assert.deepEqual(await command.exited, { signal: 'SIGPIPE' });
    assert.deepEqual(await outputOf(shell(spawner, 'echo next')), ['next\n', '']);
  });

  test('ends, and starts nothing any more', async () => {
    const spawner = await Spawner.open();
    await spawner.close();
    assert.equal(spawner.isAlive, false);
    assert.deepEqual(await shell(spawner, 'true').exited, { code: 203 });
  });
});
