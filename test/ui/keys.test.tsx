import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { createKeyMap } from '../../source/ui/keys/key-map.ts';
import { begins, enters, fails, fleetOf, logs, reclaims, runsOn, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

const { keyMap } = createKeyMap();

afterEach(cleanup);

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

for (const size of sizes) {
  describe(`at ${size.columns}x${size.rows}`, () => {
    test('arrows and j k move by one, and stop at the ends', async () => {
      const { press, selected } = await show(fleetOf(3), size);
      assert.equal(selected(), 'us-west-2-1');
      await press(keyboard.down);
      assert.equal(selected(), 'us-west-2-2');
      await press('j', 'j', 'j');
      assert.equal(selected(), 'us-west-2-3');
      await press(keyboard.up);
      assert.equal(selected(), 'us-west-2-2');
      await press('k', 'k');
      assert.equal(selected(), 'us-west-2-1');
    });

    test('g G, Home and End go to the ends', async () => {
      const { press, selected } = await show(fleetOf(2000), size);
      await press('G');
      assert.equal(selected(), 'us-west-2-2000');
      await press('g');
      assert.equal(selected(), 'us-west-2-1');
      await press(keyboard.end);
      assert.equal(selected(), 'us-west-2-2000');
      await press(keyboard.home);
      assert.equal(selected(), 'us-west-2-1');
    });

    test('PgUp and PgDn move by what is visible', async () => {
      const { press, selected, rowsOfTable } = await show(fleetOf(200), size);
      const page = rowsOfTable().length;
      await press(keyboard.pageDown);
      assert.equal(selected(), `us-west-2-${1 + page}`);
      await press(keyboard.pageDown, keyboard.pageUp);
      assert.equal(selected(), `us-west-2-${1 + page}`);
      await press(keyboard.pageUp, keyboard.pageUp);
      assert.equal(selected(), 'us-west-2-1');
    });

    test('the selected node is always in view, and the window scrolls no further than needed', async () => {
      const { press, rowsOfTable, selected } = await show(fleetOf(200), size);
      const page = rowsOfTable().length;
      for (let count = 0; count < page; count++) await press('j');
      assert.equal(selected(), `us-west-2-${page + 1}`);
      assert.equal(rowsOfTable()[0], 'us-west-2-2');
      await press('k');
      assert.equal(rowsOfTable()[0], 'us-west-2-2');
    });

    test('t asks first, and says what it will do', async () => {
      const { press, screen, calls } = await show(fleetOf(3), size);
      await press('j', 't');
      assert.match(screen(), /Terminate us-west-2-2\?/);
      assert.match(screen(), /i-0123456789abcdef0 \(t3\.medium, us-west-2a\) is terminated/);
      assert.match(screen(), /and its volume/);
      assert.deepEqual(calls, []);
      await press('y');
      assert.deepEqual(calls, ['terminate us-west-2-2']);
      assert.match(screen(), /terminate sent to us-west-2-2/);
      assert.doesNotMatch(screen(), /Terminate us/);
    });

    test('t and R mean the machine that the question names, whatever comes meanwhile', async () => {
      for (const key of ['t', 'R']) {
        const { confirmations, happen, press } = await show(fleetOf(3), size);
        await press('j', key);
        await happen(runsOn('us-west-2-2', { instanceId: 'i-successor' }));
        await press('y');
        assert.deepEqual(confirmations, [new Map([['us-west-2-2', 'i-0123456789abcdef0']])]);
      }
    });

    for (const [name, key] of Object.entries({
      n: 'n',
      Esc: keyboard.escape,
      Enter: '\r',
      q: 'q',
    })) {
      test(`${name} keeps the node`, async () => {
        const { press, screen, calls, outcomes } = await show(fleetOf(3), size);
        await press('t', key);
        assert.deepEqual(calls, []);
        assert.deepEqual(outcomes, []);
        assert.match(screen(), /us-west-2-1 stays/);
        assert.doesNotMatch(screen(), /Terminate us/);
      });
    }

    test('other keys do nothing while a question is open', async () => {
      const { press, calls, selected } = await show(fleetOf(3), size);
      await press('t', 'c', 'u', 'j', 's', ' ', 'n');
      assert.deepEqual(calls, []);
      assert.equal(selected(), 'us-west-2-1');
    });

    test('Tab gives the log more room, Esc and Tab take it back', async () => {
      const lines = Array.from({ length: 100 }, (_, index) => logs('us-west-2-1', `<${index}>`));
      const { press, screen, rowsOfTable } = await show([...fleetOf(30), ...lines], size);
      const visible = () => [...screen().matchAll(/cloud-init {2}<\d+>/g)].length;
      const before = { log: visible(), rows: rowsOfTable().length };
      await press(keyboard.tab);
      assert.ok(visible() > before.log, 'more log');
      assert.ok(rowsOfTable().length < before.rows, 'fewer nodes');
      assert.match(screen(), /<99>/, 'the newest line is there');
      await press(keyboard.escape);
      assert.equal(visible(), before.log);
      await press(keyboard.tab, keyboard.tab);
      assert.equal(visible(), before.log);
    });
  });
}

describe('keys that act on the selected node', () => {
  test('c and u are sent, and said to be sent', async () => {
    const { press, screen, calls } = await show(fleetOf(3));
    await press('j', 'c');
    assert.match(screen(), /✓ configure sent to us-west-2-2/);
    await press('u');
    assert.match(screen(), /✓ push sent to us-west-2-2/);
    assert.deepEqual(calls, ['configure us-west-2-2', 'push us-west-2-2']);
  });

  test('r retries a failed node', async () => {
    const { press, screen, calls } = await show([...fleetOf(3), fails('us-west-2-3', 'no')]);
    await press('g', 'r');
    assert.deepEqual(calls, ['retry us-west-2-3']);
    assert.match(screen(), /retry sent to us-west-2-3/);
  });

  test('say why where they can not act', async () => {
    const { press, screen, calls } = await show([
      ...fleetOf(1),
      enters('us-west-2-2', 'launching'),
      enters('us-west-2-3', 'uploading'),
      { event: 'phase', time: start, node: 'us-west-2-4', phase: 'terminated', reason: 'gone' },
    ]);
    await press('r');
    assert.match(screen(), /▲ us-west-2-1 is ready: there is nothing to retry/);
    await press('j', 's');
    assert.match(screen(), /us-west-2-2 is launching: it has no address yet/);
    await press('t');
    assert.match(screen(), /us-west-2-2 is launching: it has no instance to terminate/);
    await press('j', 'c');
    assert.match(screen(), /us-west-2-3 is uploading: its pipeline will configure by itself/);
    await press('r');
    assert.match(screen(), /us-west-2-3 is uploading: r is for nodes that failed/);
    await press('j', 't');
    assert.match(screen(), /us-west-2-4 is gone already/);
    await press('u');
    assert.match(screen(), /us-west-2-4 is terminated: R or spot-tui create --sandbox replaces it/);
    assert.deepEqual(calls, []);
  });

  test('say what brings back a node that EC2 takes, and nothing of reaching one that is gone', async () => {
    const { press, screen, happen } = await show([...fleetOf(1), reclaims('us-west-2-1')]);
    assert.match(
      screen(),
      /→ spot-tui create --sandbox launches another one once this one is gone/,
    );
    await press('r');
    assert.match(screen(), /us-west-2-1 is interrupted: R replaces it at once/);
    await happen({
      event: 'phase',
      time: start,
      node: 'us-west-2-1',
      phase: 'interrupted',
      reason: 'EC2 took it back',
    });
    assert.match(screen(), /→ spot-tui create --sandbox launches another one *\n/);
    await press('s');
    assert.match(screen(), /us-west-2-1 is interrupted: there is nothing to reach/);
    await press('t');
    assert.match(screen(), /us-west-2-1 is gone already/);
  });

  test('r drives a node that nothing else drives', async () => {
    const { press, screen, calls } = await show([enters('us-west-2-1', 'booting')], {
      isDriven: () => false,
    });
    await press('c');
    assert.match(screen(), /us-west-2-1 is booting and nothing drives it: r does/);
    await press('r');
    assert.deepEqual(calls, ['retry us-west-2-1']);
  });

  test('without any node say so', async () => {
    const { press, screen } = await show([begins()]);
    for (const key of ['s', 'c', 'r', 'u', 't']) {
      await press(key);
      assert.match(screen(), /There is no node to act on yet/);
    }
    await press('j', 'k', 'g', 'G', keyboard.pageDown, keyboard.enter);
    assert.match(screen(), /q quit/);
  });

  test('in a recording say that it is one', async () => {
    const { press, screen } = await show(fleetOf(2), { isRecording: true });
    await press('c');
    assert.match(screen(), /This is a recording: configure needs a fleet/);
  });

  test('are quiet in the footer, not gone, where they can not act', async () => {
    const { line } = await show([enters('us-west-2-1', 'pending')], { columns: 200, rows: 60 });
    assert.match(line('quit'), /s ssh {2}r retry {2}c configure {2}u push .* t terminate/);
  });
});

describe('s', () => {
  const ssh = (script: string) => ({ file: process.execPath, arguments: ['-e', script] });

  test('tells when the shell has ended', async () => {
    const { press, until } = await show(fleetOf(2), { sshCommand: ssh('') });
    await press('j', 's');
    await until('✓ Back from us-west-2-2');
  });

  test('tells the status of the last command as no failure of ssh', async () => {
    const { press, until } = await show(fleetOf(1), { sshCommand: ssh('process.exit(7)') });
    await press('s');
    await until('▲ Back from us-west-2-1: its last command exited with 7');
    await press('s');
  });

  test('names the signal behind a status over 128', async () => {
    const { press, until } = await show(fleetOf(1), { sshCommand: ssh('process.exit(130)') });
    await press('s');
    await until('exited with 130 (SIGINT)');
  });

  test('says so when ssh is not there', async () => {
    const { press, until } = await show(fleetOf(1), {
      sshCommand: { file: '/nowhere/ssh', arguments: [] },
    });
    await press('s');
    await until(/✗ ssh to us-west-2-1 did not start: .*ENOENT/);
  });

  test('says so for a node that the controller has no way to', async () => {
    const { press, screen } = await show(fleetOf(1));
    await press('s');
    assert.match(screen(), /us-west-2-1 can't be reached by SSH yet/);
  });
});

describe('the selection', () => {
  test('stays with its node when another fails and moves to the top', async () => {
    const { press, selected, happen, rowsOfTable } = await show(fleetOf(5));
    await press('j', 'j');
    await happen(fails('us-west-2-5', 'no'));
    assert.deepEqual(rowsOfTable().slice(0, 2), ['us-west-2-5', 'us-west-2-1']);
    assert.equal(selected(), 'us-west-2-3');
  });

  test('goes with its node when that fails, and the node stays in view', async () => {
    const { press, selected, happen, rowsOfTable } = await show(fleetOf(200));
    await press('G');
    await happen(fails('us-west-2-200', 'no'));
    assert.equal(selected(), 'us-west-2-200');
    assert.equal(rowsOfTable()[0], 'us-west-2-200');
  });

  test('stays with the node that the first key was for when others come before it', async () => {
    const { press, selected, happen } = await show(fleetOf(3));
    await happen(enters('eu-west-1-2', 'pending'));
    assert.equal(selected(), 'eu-west-1-2', 'the first by name until a key was pressed');
    await press('c');
    await happen(enters('eu-west-1-1', 'pending'));
    assert.equal(selected(), 'eu-west-1-2');
  });

  test('is not moved by a failure even before any key was pressed', async () => {
    const { selected, happen } = await show(fleetOf(5));
    await happen(fails('us-west-2-5', 'no'));
    assert.equal(selected(), 'us-west-2-1');
  });
});

test('Enter opens the page of the node under the cursor, and says where there is none', async () => {
  const { press, model } = await show(fleetOf(3));
  await press('j', keyboard.enter);
  const [page] = model.view.getState().screens;
  assert.equal(page?.type === 'node' && page.node, 'us-west-2-2');
  const empty = await show([begins()]);
  await empty.press(keyboard.enter);
  assert.match(empty.screen(), /There is no node yet/);
});

describe('leaving', () => {
  test('q leaves', async () => {
    const { press, outcomes } = await show(fleetOf(2));
    await press('q');
    assert.deepEqual(outcomes, [{ type: 'quit' }]);
  });

  test('the first ctrl-c says what keeps running, the second leaves', async () => {
    const { press, outcomes, screen } = await show([
      ...fleetOf(3),
      enters('us-west-2-3', 'booting'),
      runsOn('us-west-2-3'),
    ]);
    await press(keyboard.controlC);
    assert.match(screen(), /3 nodes keep running: leaving terminates nothing/);
    assert.match(screen(), /1 node is still in work/);
    assert.match(screen(), /spot-tui create --sandbox carries/);
    assert.match(screen(), /spot-tui destroy --sandbox ends them/);
    assert.deepEqual(outcomes, []);
    await press(keyboard.controlC);
    assert.deepEqual(outcomes, [{ type: 'interrupted', signal: 'SIGINT' }]);
  });

  test('Esc after the first ctrl-c stays', async () => {
    const { press, outcomes, screen } = await show(fleetOf(3));
    await press(keyboard.controlC, keyboard.escape);
    assert.doesNotMatch(screen(), /Leave\?/);
    await press(keyboard.controlC);
    assert.match(screen(), /Leave\?/);
    assert.deepEqual(outcomes, []);
    await press('q');
    assert.deepEqual(outcomes, [{ type: 'quit' }]);
  });

  test('q and ctrl-c work in a window that is too small, and nothing else does', async () => {
    const { press, outcomes, calls } = await show(fleetOf(3), { columns: 20, rows: 5 });
    await press('c', 't', 'y');
    assert.deepEqual(calls, []);
    await press('q');
    assert.deepEqual(outcomes, [{ type: 'quit' }]);
    await press(keyboard.controlC, keyboard.controlC);
    assert.deepEqual(outcomes[1], { type: 'interrupted', signal: 'SIGINT' });
  });
});

describe('what arrives at once', () => {
  test('counts as the keys that it is made of', async () => {
    const { press, calls } = await show(fleetOf(5));
    await press('jjc');
    assert.deepEqual(calls, ['configure us-west-2-3']);
  });

  test('does not answer a question that was not on the screen yet', async () => {
    const { press, calls, screen } = await show(fleetOf(5));
    await press('ty');
    assert.deepEqual(calls, []);
    assert.match(screen(), /Terminate us-west-2-1\?/);
  });

  test('goes on behind something that it closed', async () => {
    const { press, outcomes } = await show(fleetOf(5));
    await press('?', 'qq');
    assert.deepEqual(outcomes, [{ type: 'quit' }]);
  });

  test('is ignored when it was pasted', async () => {
    const { press, calls, screen, outcomes } = await show(fleetOf(5));
    await press('\u001B[200~jcq\u001B[201~');
    assert.match(screen(), /What was pasted is ignored/);
    await press('cccccccccccccccccq');
    assert.deepEqual(calls, []);
    assert.deepEqual(outcomes, []);
  });

  test('alt and unknown keys do nothing', async () => {
    const { press, outcomes, calls } = await show(fleetOf(5));
    await press('\u001Bq', '\u001Bc', '\u001B[15~', '\u001B[99;5u', 'ü', 'Q', 'X');
    assert.deepEqual(outcomes, []);
    assert.deepEqual(calls, []);
  });
});

test('n shows all notices, newest first, with their hints', async () => {
  const notice = (message: string, hint?: string) =>
    ({
      event: 'notice',
      time: start,
      level: 'warning',
      message,
      ...(hint === undefined ? {} : { hint }),
    }) as const;
  const { press, screen } = await show([
    ...fleetOf(2),
    notice('first', 'do this'),
    notice('second'),
  ]);
  await press('m');
  assert.match(screen(), /Notices[\s\S]*▲ {2}second[\s\S]*▲ {2}first[\s\S]*→ do this/);
  await press('m');
  assert.doesNotMatch(screen(), /Notices/);
});

test('no key has two meanings, and the footer only names keys of the map', async () => {
  for (const screen of ['fleet', 'node', 'log', 'output', 'actions'] as const) {
    const keys = keyMap.of(screen).flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length, screen);
  }
  const { line } = await show(fleetOf(1), { columns: 200, rows: 60 });
  for (const { footer } of keyMap.of('fleet'))
    if (footer !== undefined) assert.match(line('quit'), new RegExp(footer));
});
