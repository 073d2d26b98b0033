import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import { createLease } from '../../source/ui/terminal/create-lease.ts';
import { detectFeatures, type TerminalFeatures } from '../../source/ui/terminal/features.ts';
import { begins, enters, fails, reclaims } from './events.ts';
import { hasPseudoTerminals, PseudoTerminal } from './pseudo-terminal.ts';

const everything: TerminalFeatures = {
  hasTitle: true,
  hasBell: true,
  hasProgress: true,
  hasNotification: true,
  hasAlternateScroll: true,
};

/** A lease over a fleet, and what it wrote since it was last asked. */
const openLease = (features: Partial<TerminalFeatures> = {}, notifies = true) => {
  let state = emptyFleet;
  const listeners = new Set<() => void>();
  let written = '';
  const lease = createLease({
    fleet: {
      getState: () => state,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    features: { ...everything, ...features },
    program: 'spot-tui',
    notifies,
    write: (sequence) => {
      written += sequence;
    },
    interval: 0,
  });
  return {
    lease,
    written() {
      const text = written.replaceAll('\u001B', 'ESC');
      written = '';
      return text;
    },
    async happen(...events: FleetEvent[]) {
      state = events.reduce(reduce, state);
      for (const listener of [...listeners]) listener();
      // The lease looks in the next turn of the timers.
      await sleep(2);
    },
  };
};

const bell = /\u0007/;

describe('what tells of the fleet outside of the screen', () => {
  test('the title says how many nodes are ready and what is wrong with others', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    await happen(begins('staging'), enters('us-west-2-1', 'booting'));
    assert.ok(written().includes('ESC]2;spot-tui staging 0/1 readyESC\\'));
    await happen(
      enters('us-west-2-1', 'ready'),
      fails('us-west-2-2', 'no'),
      reclaims('eu-west-1-1'),
    );
    assert.ok(written().includes(']2;spot-tui staging 1/3 ready, 1 failed, 1 interruptedESC\\'));
    await happen(enters('us-west-2-2', 'pending'));
    await happen(enters('us-west-2-2', 'booting'));
    assert.equal(written().split(']2;').length, 2, 'the same title is not set again');
  });

  test('a name that comes from elsewhere gives the terminal no orders', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    await happen(begins('a\u001B]0;b\u0007c\u009D'), enters('us-west-2-1', 'booting'));
    assert.ok(written().includes('ESC]2;spot-tui a]0;bc 0/1 readyESC\\'));
  });

  test('progress counts nodes that have settled, turns red at a failure, and goes away', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    await happen(begins(), enters('us-west-2-1', 'booting'), enters('us-west-2-2', 'booting'));
    assert.ok(written().includes('ESC]9;4;1;0ESC\\'));
    await happen(enters('us-west-2-1', 'ready'));
    assert.ok(written().includes('ESC]9;4;1;50ESC\\'));
    await happen(enters('us-west-2-3', 'booting'), fails('us-west-2-2', 'no'));
    assert.ok(written().includes('ESC]9;4;2;66ESC\\'));
    await happen(enters('us-west-2-3', 'ready'));
    assert.ok(written().includes('ESC]9;4;0;0ESC\\'));
  });

  test('the bell rings for the first failure and once all work is done, and says why', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    const nodes = ['us-west-2-1', 'us-west-2-2', 'us-west-2-3'];
    await happen(begins('staging'), ...nodes.map((node) => enters(node, 'configuring')));
    assert.doesNotMatch(written(), bell);
    await happen(fails('us-west-2-1', 'no'));
    assert.ok(
      written().endsWith('\u0007ESC]9;spot-tui staging: us-west-2-1 failed in configuringESC\\'),
    );
    await happen(fails('us-west-2-2', 'no'));
    assert.doesNotMatch(written(), bell, 'the second failure is no news');
    await happen(enters('us-west-2-3', 'ready'));
    assert.ok(written().endsWith('\u0007ESC]9;spot-tui staging: 1/3 ready, 2 failedESC\\'));
    await happen(enters('us-west-2-1', 'ready'), enters('us-west-2-2', 'ready'));
    await happen(reclaims('us-west-2-3'));
    assert.match(written(), /\u0007ESC\]9;spot-tui staging: us-west-2-3 interrupted/);
  });

  test('how an attached fleet is found is no news; what comes of it is', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    await happen(begins('staging', 'attach'), enters('us-west-2-1', 'verifying'));
    await happen(fails('us-west-2-1', 'no'));
    assert.doesNotMatch(written(), bell);
    await happen(enters('us-west-2-1', 'configuring'));
    await happen(enters('us-west-2-1', 'ready'));
    assert.match(written(), bell);
  });

  test('nothing is written while another program has the terminal, which finds it as it was', async () => {
    const { happen, lease, written } = openLease();
    lease.acquire();
    await happen(begins(), enters('us-west-2-1', 'booting'), enters('us-west-2-2', 'booting'));
    written();
    lease.release();
    assert.equal(written(), 'ESC]9;4;0;0ESC\\ESC[23;2tESC[?1007r');
    await happen(enters('us-west-2-1', 'ready'), fails('us-west-2-2', 'no'));
    assert.equal(written(), '');
    lease.acquire();
    const again = written();
    assert.ok(again.startsWith('ESC[?1007sESC[?1007hESC[22;2tESC]2;spot-tui sandbox 1/2 ready, 1'));
    assert.doesNotMatch(again, bell, 'who comes back sees it');
    lease.release();
    lease.release();
    assert.equal(written().split('ESC[23;2t').length, 2);
  });

  test('a terminal gets only what it knows', async () => {
    const { happen, lease, written } = openLease({
      hasTitle: false,
      hasProgress: false,
      hasNotification: false,
      hasAlternateScroll: false,
    });
    lease.acquire();
    await happen(begins(), enters('us-west-2-1', 'booting'));
    await happen(enters('us-west-2-1', 'ready'));
    lease.release();
    assert.equal(written(), '\u0007');
  });

  test('with --no-notify it only has its wheel', async () => {
    const { happen, lease, written } = openLease({}, false);
    lease.acquire();
    await happen(begins(), enters('us-west-2-1', 'booting'));
    await happen(enters('us-west-2-1', 'ready'));
    lease.release();
    assert.equal(written(), 'ESC[?1007sESC[?1007hESC[?1007r');
  });
});

describe('what a terminal is known to understand', () => {
  const features = (environment: Record<string, string>) => {
    const { hasTitle, hasBell, hasProgress, hasNotification, hasAlternateScroll } = detectFeatures({
      TERM: 'xterm-256color',
      ...environment,
    });
    return [
      ...(hasTitle ? ['title'] : []),
      ...(hasBell ? ['bell'] : []),
      ...(hasProgress ? ['progress'] : []),
      ...(hasNotification ? ['notification'] : []),
      ...(hasAlternateScroll ? ['wheel'] : []),
    ].join(' ');
  };

  for (const [environment, expected] of [
    [{}, 'title bell wheel'],
    [{ TERM: 'dumb' }, ''],
    [{ TERM: 'linux' }, 'bell'],
    [{ TERM: 'vt220' }, 'bell'],
    [{ WT_SESSION: 'a' }, 'title bell progress wheel'],
    [{ ConEmuANSI: 'ON' }, 'title bell progress wheel'],
    [{ VTE_VERSION: '7600' }, 'title bell wheel'],
    [{ VTE_VERSION: '7900' }, 'title bell progress wheel'],
    [{ TERM: 'xterm-kitty' }, 'title bell notification wheel'],
    [
      { TERM_PROGRAM: 'ghostty', TERM_PROGRAM_VERSION: '1.2.3', TERM: 'xterm-ghostty' },
      'title bell progress notification wheel',
    ],
    [{ TERM_PROGRAM: 'ghostty', TERM_PROGRAM_VERSION: '1.1.3' }, 'title bell notification wheel'],
    [
      { TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' },
      'title bell notification wheel',
    ],
    [
      { TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20250101-1-a' },
      'title bell progress notification wheel',
    ],
    [
      { TERM_PROGRAM: 'iTerm.app', TERM_FEATURES: 'T3CwLrMSc7UUw9Ts3BFGsSyHNoSxF' },
      'title bell notification wheel',
    ],
    [
      { TERM_PROGRAM: 'iTerm.app', TERM_FEATURES: 'T3CwLrMSc7UUw9Ts3BFGsSyHNoSxFP' },
      'title bell progress notification wheel',
    ],
    [{ TERM_PROGRAM: 'Apple_Terminal' }, 'title bell wheel'],
    [{ TERM: 'tmux-256color', TMUX: '/tmp/tmux', WT_SESSION: 'a' }, 'title bell wheel'],
    [{ TERM: 'screen', STY: '1', TERM_PROGRAM: 'ghostty' }, 'title bell wheel'],
  ] as const) {
    test(`${JSON.stringify(environment)}: ${expected}`, () => {
      assert.equal(features(environment), expected);
    });
  }
});

describe('in a terminal', { skip: !hasPseudoTerminals && 'needs script of util-linux' }, () => {
  test('the title, the bell and progress follow the fleet and are gone at the end', () =>
    PseudoTerminal.run({ environment: { VTE_VERSION: '8000' } }, async (terminal) => {
      await terminal.untilHolds(() => terminal.title === 'spot-tui sandbox 0/2 ready', 'a title');
      await terminal.untilHolds(() => terminal.notices.at(-1) === '4;1;0', 'progress');
      await terminal.signal('SIGUSR1');
      await terminal.untilHolds(() => terminal.title === 'spot-tui sandbox 1/2 ready', 'a title');
      assert.equal(terminal.bells, 0);
      await terminal.signal('SIGUSR1');
      await terminal.untilHolds(() => terminal.bells === 1, 'a bell');
      assert.equal(terminal.title, 'spot-tui sandbox 1/2 ready, 1 failed');
      assert.equal(terminal.notices.at(-1), '4;0;0');
      terminal.type('q');
      await terminal.ends();
    }));

  test('while ssh has the terminal, title and taskbar are as they were before', () =>
    PseudoTerminal.run({ environment: { VTE_VERSION: '8000' } }, async (terminal) => {
      terminal.type('s');
      await terminal.until('exit comes back');
      // What was set went before ssh was told of.
      assert.equal(terminal.title, 'title of the shell');
      assert.equal(terminal.notices.at(-1), '4;0;0');
      terminal.type('end\n');
      await terminal.untilHolds(() => terminal.title === 'spot-tui sandbox 0/2 ready', 'a title');
      await terminal.untilHolds(() => terminal.notices.at(-1) === '4;1;0', 'progress');
      await terminal.signal('SIGTERM');
      await terminal.ends();
    }));

  test('with --no-notify the title stays what it was', () =>
    PseudoTerminal.run({ mode: 'quiet' }, async (terminal) => {
      assert.equal(terminal.title, 'title of the shell');
      terminal.type('q');
      await terminal.ends();
      assert.ok(!terminal.output.includes('spot-tui sandbox 0/2'));
    }));
});
