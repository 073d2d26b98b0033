// A real terminal and a real process: what the dashboard leaves behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasPseudoTerminals, PseudoTerminal } from './pseudo-terminal.ts';

const inTerminal = (mode: string, play: (terminal: PseudoTerminal) => Promise<void>) =>
  PseudoTerminal.run({ mode }, play);

describe('the terminal', {
  skip: !hasPseudoTerminals && 'needs script of util-linux',
  concurrency: 2,
}, () => {
  test('is as it was before after q', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('q');
      await terminal.ends();
      assert.match(terminal.screen, /outcome \{"type":"quit"\}/);
    }));

  test('is as it was before after two ctrl-c', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('\u0003');
      await terminal.until('Leave?');
      terminal.type('\u0003');
      await terminal.ends();
      assert.match(terminal.screen, /outcome \{"type":"interrupted","signal":"SIGINT"\}/);
    }));

  test('is as it was before after two SIGINT', () =>
    inTerminal('plain', async (terminal) => {
      await terminal.signal('SIGINT');
      await terminal.until('Leave?');
      await terminal.signal('SIGINT');
      await terminal.ends();
      assert.match(terminal.screen, /outcome \{"type":"interrupted","signal":"SIGINT"\}/);
    }));

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    test(`is as it was before after ${signal}`, () =>
      inTerminal('plain', async (terminal) => {
        await terminal.signal(signal);
        await terminal.ends();
        assert.match(terminal.screen, new RegExp(`"interrupted","signal":"${signal}"`));
      }));
  }

  test('is as it was before after SIGQUIT, which ends the process', () =>
    inTerminal('plain', async (terminal) => {
      await terminal.signal('SIGQUIT');
      await terminal.ends(131);
    }));

  test('is as it was before when the caller aborts', () =>
    inTerminal('abort', async (terminal) => {
      await terminal.signal('SIGUSR1');
      await terminal.ends();
      assert.match(terminal.screen, /outcome \{"type":"aborted"\}/);
    }));

  for (const [mode, message] of [
    ['reject', 'boom that nobody handled'],
    ['throw-in-timer', 'boom in a timer'],
  ] as const) {
    test(`shows what ends the process on the screen where it stays: ${message}`, () =>
      inTerminal(mode, async (terminal) => {
        await terminal.signal('SIGUSR1');
        await terminal.ends(1);
        assert.match(terminal.screen, new RegExp(`Error: ${message}`));
      }));
  }

  test('is as it was before when a component throws, and the caller gets the error', () =>
    inTerminal('throw-inside', async (terminal) => {
      await terminal.signal('SIGUSR1');
      await terminal.ends();
      assert.match(terminal.screen, /caught Error: boom inside of the dashboard/);
    }));

  test('gets what was printed meanwhile afterwards', () =>
    inTerminal('print', async (terminal) => {
      await terminal.signal('SIGUSR1');
      await terminal.until(/us-west-2-1 .*connecting/);
      terminal.type('q');
      await terminal.ends();
      assert.match(terminal.screen, /printed meanwhile[\s\S]*warned meanwhile/);
      assert.equal(terminal.output.split('printed meanwhile').length, 2, 'only once');
    }));

  test('belongs to the shell while that is open, with all that is typed', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('s');
      await terminal.until('exit comes back');
      assert.equal(terminal.isAlternate, false);
      const from = terminal.output.length;
      for (let line = 1; line <= 20; line++) terminal.type(`line ${line}\n`);
      await terminal.until('got:line 20');
      for (let line = 1; line <= 20; line++)
        assert.match(terminal.output.slice(from), new RegExp(`got:line ${line}\r`));
      await terminal.signal('SIGINT');
      terminal.type('end\n');
      await terminal.until('its last command exited with 3');
      terminal.type('?');
      await terminal.until('run configure-services again');
      terminal.type('qq');
      await terminal.ends();
      assert.match(terminal.screen, /outcome \{"type":"quit"\}/);
    }));

  test('keeps what a failing ssh said until Enter, then listens to keys again', () =>
    inTerminal('ssh-fails', async (terminal) => {
      terminal.type('s');
      await terminal.until('Enter comes back');
      assert.match(terminal.screen, /no route to host/);
      terminal.type('\r');
      await terminal.until('could not reach us-west-2-1');
      terminal.type('q');
      await terminal.ends();
    }));

  test('is listened to again where there is no ssh', () =>
    inTerminal('ssh-absent', async (terminal) => {
      terminal.type('s');
      await terminal.until('ssh to us-west-2-1 did not start');
      await terminal.listens();
      terminal.type('?');
      await terminal.until('run configure-services again');
      terminal.type('qq');
      await terminal.ends();
    }));

  test('is as it was before when a signal comes while the shell is open', () =>
    inTerminal('plain', async (terminal) => {
      terminal.type('s');
      await terminal.until('exit comes back');
      terminal.type('hello\n');
      await terminal.until('got:hello');
      await terminal.signal('SIGTERM');
      await terminal.ends();
      assert.match(
        terminal.screen,
        /ssh us-west-2-1[\s\S]*got:hello[\s\S]*"interrupted","signal":"SIGTERM"/,
        'what the shell printed is not written over',
      );
    }));
});
