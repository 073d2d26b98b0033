// A real terminal and a real process: what the dashboard leaves behind.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

// util-linux's, which gives a program a terminal; that of other systems takes other options.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util');

const enterScreen = '\u001B[?1049h';
const leaveScreen = '\u001B[?1049l';
const showCursor = '\u001B[?25h';
const hideCursor = '\u001B[?25l';

/** Runs the fixture in a terminal; every wait is bounded. */
const openTerminal = async (folder: string, mode: string) => {
  const command = [
    'stty rows 30 columns 100; stty -a >"$FOLDER/before"',
    `"$NODE" --import tsx test/ui/terminal-fixture.tsx ${mode} & echo $! >"$FOLDER/pid"; fg >/dev/null`,
    'echo "status $?"; stty -a >"$FOLDER/after"',
  ].join('\n');
  const child: ChildProcess = spawn('script', ['-qec', `bash -mc '${command}'`, '/dev/null'], {
    env: {
      ...process.env,
      FOLDER: folder,
      NODE: process.execPath,
      LC_ALL: 'C.UTF-8',
      TERM: 'xterm',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const until = async (text: string, from = 0) => {
    for (let attempt = 0; attempt < 1500; attempt++) {
      if (output.indexOf(text, from) >= 0) return;
      await sleep(10);
    }
    throw new Error(
      `The terminal never showed ${JSON.stringify(text)}: ${JSON.stringify(output.slice(-500))}`,
    );
  };
  return {
    output: () => output,
    until,
    type: (keys: string) => child.stdin?.write(keys),
    async signal(name: NodeJS.Signals) {
      process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), name);
    },
    /** Waits for the end of the program; checks that the terminal is what it was before. */
    async ends(status = 0) {
      await until('status ');
      await closed;
      assert.match(output, new RegExp(`status ${status}\\b`));
      const [settingsBefore, settingsAfter] = await Promise.all(
        ['before', 'after'].map((name) => readFile(join(folder, name), 'utf8')),
      );
      assert.equal(settingsAfter, settingsBefore);
      assert.ok(output.lastIndexOf(leaveScreen) > output.lastIndexOf(enterScreen));
      assert.ok(output.lastIndexOf(showCursor) > output.lastIndexOf(hideCursor));
      assert.ok(output.lastIndexOf('\u001B[?2004l') > output.lastIndexOf('\u001B[?2004h'));
    },
    close: () => child.kill('SIGKILL'),
  };
};

describe('the terminal', {
  skip: !hasScript && 'needs script of util-linux',
  concurrency: 2,
}, () => {
  let folder = '';
  let number = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spot-tui-terminal-'));
  });
  after(() => rm(folder, { recursive: true }));

  const inTerminal = async (
    mode: string,
    play: (terminal: Awaited<ReturnType<typeof openTerminal>>) => Promise<void>,
  ) => {
    const own = await mkdtemp(join(folder, `${number++}-`));
    const terminal = await openTerminal(own, mode);
    try {
      await terminal.until('us-west-2-2');
      assert.ok(terminal.output().includes(enterScreen));
      await play(terminal);
    } finally {
      terminal.close();
    }
  };

  test('is as it was before after q', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('q');
      await terminal.ends();
      assert.match(terminal.output(), /outcome \{"type":"quit"\}/);
    }));

  test('is as it was before after two ctrl-c', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('\u0003');
      await terminal.until('Leave?');
      terminal.type('\u0003');
      await terminal.ends();
      assert.match(terminal.output(), /outcome \{"type":"interrupted","signal":"SIGINT"\}/);
    }));

  test('is as it was before after two SIGINT', () =>
    inTerminal('plain', async (terminal) => {
      await terminal.signal('SIGINT');
      await terminal.until('Leave?');
      await terminal.signal('SIGINT');
      await terminal.ends();
      assert.match(terminal.output(), /outcome \{"type":"interrupted","signal":"SIGINT"\}/);
    }));

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    test(`is as it was before after ${signal}`, () =>
      inTerminal('plain', async (terminal) => {
        await terminal.signal(signal);
        await terminal.ends();
        assert.match(terminal.output(), new RegExp(`"interrupted","signal":"${signal}"`));
      }));
  }

  test('is as it was before when the caller aborts', () =>
    inTerminal('abort', async (terminal) => {
      await terminal.ends();
      assert.match(terminal.output(), /outcome \{"type":"aborted"\}/);
    }));

  test('shows an error that ends the process, on the screen where it stays', () =>
    inTerminal('throw', async (terminal) => {
      await terminal.ends(1);
      const rest = terminal.output().slice(terminal.output().lastIndexOf(leaveScreen));
      assert.match(rest, /boom outside of the dashboard/);
    }));

  test('is as it was before when a component throws, and the caller gets the error', () =>
    inTerminal('throw-inside', async (terminal) => {
      await terminal.ends();
      assert.match(terminal.output(), /caught Error: boom inside of the dashboard/);
    }));

  test('gets what was printed meanwhile afterwards', () =>
    inTerminal('print', async (terminal) => {
      await sleep(400);
      terminal.type('q');
      await terminal.ends();
      const rest = terminal.output().slice(terminal.output().lastIndexOf(leaveScreen));
      assert.match(rest, /printed meanwhile[\s\S]*warned meanwhile/);
      assert.equal(terminal.output().split('printed meanwhile').length, 2, 'only once');
    }));

  test('belongs to the shell while that is open, with all that is typed', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('s');
      await terminal.until('exit comes back');
      const from = terminal.output().length;
      for (let line = 1; line <= 20; line++) terminal.type(`line ${line}\n`);
      await terminal.until('got:line 20', from);
      for (let line = 1; line <= 20; line++)
        assert.match(terminal.output(), new RegExp(`got:line ${line}\r`));
      await terminal.signal('SIGINT');
      terminal.type('end\n');
      await terminal.until('its last command exited with 3', from);
      const back = terminal.output().length;
      terminal.type('?');
      await terminal.until('run configure-services again', back);
      terminal.type('qq');
      await terminal.ends();
      assert.match(terminal.output(), /outcome \{"type":"quit"\}/);
    }));

  test('keeps what a failing ssh said until Enter, then listens to keys again', () =>
    inTerminal('ssh-fails', async (terminal) => {
      terminal.type('s');
      await terminal.until('Enter comes back');
      assert.match(terminal.output(), /no route to host/);
      terminal.type('\r');
      await terminal.until('could not reach us-west-2-1');
      terminal.type('q');
      await terminal.ends();
    }));

  test('is as it was before when a signal comes while the shell is open', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('s');
      await terminal.until('exit comes back');
      await sleep(200);
      await terminal.signal('SIGTERM');
      await terminal.ends();
      assert.match(terminal.output(), /"interrupted","signal":"SIGTERM"/);
    }));
});
