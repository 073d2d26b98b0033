import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasPseudoTerminals, PseudoTerminal } from './pseudo-terminal.ts';

const inTerminal = (play: (terminal: PseudoTerminal) => Promise<void>) =>
  PseudoTerminal.run({}, play);

describe('suspending', {
  skip: !hasPseudoTerminals && 'needs script of util-linux',
  concurrency: 2,
}, () => {
  test('ctrl-z gives the terminal back to the shell as it was, and fg draws everything again', () =>
    inTerminal(async (terminal) => {
      const before = terminal.lines;
      for (let time = 1; time <= 2; time++) {
        terminal.type('\u001A');
        await terminal.stops(time);
        terminal.type('fg\n');
        await terminal.listens();
      }
      // All but the clock is as it was.
      await terminal.untilHolds(
        () => terminal.lines.slice(3, 20).join() === before.slice(3, 20).join(),
        'what it showed before',
      );
      terminal.type('?');
      await terminal.until('run configure-services again');
      terminal.type('qq');
      await terminal.ends();
    }));

  test('ctrl-z does it whatever lies over the screen', () =>
    inTerminal(async (terminal) => {
      terminal.type('?');
      await terminal.until('run configure-services again');
      terminal.type('\u001A');
      await terminal.stops();
      terminal.type('fg\n');
      await terminal.until('run configure-services again');
      await terminal.signal('SIGTERM');
      await terminal.ends();
    }));

  test('SIGTSTP does the same', () =>
    inTerminal(async (terminal) => {
      await terminal.signal('SIGTSTP');
      await terminal.stops();
      terminal.type('fg\n');
      await terminal.listens();
      terminal.type('q');
      await terminal.ends();
    }));

  test('what happened meanwhile is there after fg', () =>
    inTerminal(async (terminal) => {
      terminal.type('\u001A');
      await terminal.stops();
      // Waits for the process, as everything does that comes while it is stopped.
      await terminal.signal('SIGUSR1');
      terminal.type('fg\n');
      await terminal.until(/us-west-2-1 .*ready/);
      await terminal.listens();
      terminal.type('q');
      await terminal.ends();
    }));

  test('a window that changed its size meanwhile is filled', () =>
    inTerminal(async (terminal) => {
      terminal.type('\u001A');
      await terminal.stops();
      await terminal.resize(70, 20);
      terminal.type('fg\n');
      await terminal.listens();
      await terminal.untilHolds(
        () => (terminal.lines.at(-1) ?? '').includes('quit'),
        'a footer in the last of 20 lines',
      );
      await terminal.listens();
      terminal.type('q');
      await terminal.ends();
    }));

  test('a job that is ended while it is stopped leaves the shell as it is', () =>
    inTerminal(async (terminal) => {
      terminal.type('\u001A');
      await terminal.stops();
      terminal.type('kill\n');
      await terminal.until('"interrupted","signal":"SIGTERM"');
      assert.match(terminal.screen, /the job is stopped\nkill\n/, 'nothing is written over');
      // Node gives the terminal its settings back at its end, and waits until the terminal is its.
      terminal.type('fg\n');
      await terminal.ends();
    }));

  test('after SIGSTOP, which nobody hears of, fg draws everything again', () =>
    inTerminal(async (terminal) => {
      await terminal.signal('SIGSTOP');
      await terminal.until('the job is stopped');
      terminal.type('fg\n');
      await terminal.untilHolds(
        () =>
          !terminal.screen.includes('the job is stopped') && /us-west-2-2/.test(terminal.screen),
        'the dashboard alone',
      );
      terminal.type('q');
      await terminal.ends();
    }));

  test('where there is no shell to come back from, it says so and goes on', () =>
    PseudoTerminal.run({ isJob: false }, async (terminal) => {
      terminal.type('\u001A');
      await terminal.until('There is no shell here');
      terminal.type('q');
      await terminal.ends();
    }));
});
