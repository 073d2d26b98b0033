import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { templates } from './stand-in-node.ts';

/** Seconds since the Unix epoch, some from now. */
const inSeconds = (seconds: number): string => String(Math.floor(Date.now() / 1000) + seconds);

/** A login user's home, in which commands run. */
const startUser = async (t: TestContext) => {
  const home = await mkdtemp(path.join(tmpdir(), 'spot-tui-drain-'));
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  return {
    home,
    /** Asks for a command before the machine's end, as one of those who have heard the notice. */
    drain: (
      command: string,
      {
        deadline = inSeconds(600),
        notice = 'i-1-terminate',
        environment = {},
      }: { deadline?: string; notice?: string; environment?: NodeJS.ProcessEnv } = {},
    ) => {
      const script = path.join(templates, 'drain-node.sh');
      const child = spawn('/bin/sh', [script, notice, deadline, 'terminate', command], {
        env: { PATH: process.env.PATH, HOME: home, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      const ended = once(child, 'close').then(([status]) => ({
        status: status as number | null,
        lines: output.trimEnd().split('\n'),
      }));
      const said = async (text: string): Promise<void> => {
        while (!output.includes(text)) await once(child.stdout, 'data');
      };
      return { child, ended, said };
    },
  };
};

test('the command runs in the user’s shell, and its words and its status are passed on', async (t) => {
  const { drain, home } = await startUser(t);
  const deadline = inSeconds(600);
  const command = 'cd && pwd; echo "$SPOT_TUI_ACTION $SPOT_TUI_DEADLINE"; echo oh >&2; exit 3';
  const { lines, status } = await drain(command, { deadline }).ended;
  assert.deepEqual(lines, ['begun', home, `terminate ${deadline}`, 'oh']);
  assert.equal(status, 3);
});

test('it runs once however many ask, and all of them are told', async (t) => {
  const { drain, home } = await startUser(t);
  const command = `echo once >>ran; until [ -e '${home}/go' ]; do sleep 0.1; done; echo done`;
  const asked = [1, 2, 3].map(() => drain(`cd; ${command}`));
  for (const { child, said } of asked) await Promise.race([said('\n'), once(child, 'close')]);
  await writeFile(path.join(home, 'go'), '');
  const ends = await Promise.all(asked.map(({ ended }) => ended));
  assert.deepEqual(ends.map(({ lines: [role] }) => role).sort(), ['begun', 'joined', 'joined']);
  for (const { lines, status } of ends) assert.deepEqual([lines[1], status], ['done', 0]);
  const late = await drain('cd; echo again >>ran').ended;
  assert.deepEqual([late.lines, late.status], [['joined', 'done'], 0]);
  assert.equal(await readFile(path.join(home, 'ran'), 'utf8'), 'once\n');
  await drain('cd; echo again >>ran', { notice: 'i-1-1700000000' }).ended;
  assert.equal(await readFile(path.join(home, 'ran'), 'utf8'), 'once\nagain\n');
});

test('it goes on when the connection that began it breaks, and is found by the next', async (t) => {
  const { drain, home } = await startUser(t);
  const first = drain(`echo one; until [ -e '${home}/go' ]; do sleep 0.1; done; echo two`);
  await first.said('one');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = drain('echo another');
  await second.said('one');
  await writeFile(path.join(home, 'go'), '');
  assert.deepEqual(await second.ended, { status: 0, lines: ['joined', 'one', 'two'] });
});

test('it is ended when its time is over', async (t) => {
  const { drain } = await startUser(t);
  const { status, lines } = await drain('echo begins; sleep 1000', { deadline: inSeconds(6) })
    .ended;
  assert.deepEqual([status, lines], [124, ['begun', 'begins']]);
});

test('where nothing keeps it from the machine that runs the sandbox, it is not run', async (t) => {
  const { drain, home } = await startUser(t);
  const { status, lines } = await drain('touch ~/ran', { environment: { SPOT_TUI_ROOT: home } })
    .ended;
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /^unable: nothing would keep/);
  await assert.rejects(readFile(path.join(home, 'ran')));
});
