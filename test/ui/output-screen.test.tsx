import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import stringWidth from 'string-width';
import { asks, comesTo, ends, names, prints } from './asked.ts';
import { begins, fleetOf, start } from './events.ts';
import { cleanup, keyboard, type ShowOptions, show } from './harness.tsx';

afterEach(cleanup);

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

/** The output screen of a command that was just sent to the first nodes of a fleet. */
const showExec = async (nodes: number, options: ShowOptions = {}) => {
  const shown = await show([begins(), ...fleetOf(nodes)], options);
  await shown.press('*', 'x', ...'df', keyboard.enter);
  await shown.happen(asks(1, 'exec', names(nodes), { detail: 'df' }));
  await shown.until(/exec {2}df/);
  return shown;
};

const table = ['Filesystem Size Used', '/dev/root 20G 4G'];

for (const size of sizes) {
  describe(`outputs at ${size.columns}x${size.rows}`, () => {
    test('stand together where they are equal, the biggest group first', async () => {
      const { happen, screen, until, width, lines } = await showExec(30, size);
      await happen(
        ...names(30)
          .slice(0, 24)
          .map((node) => prints(1, node, table)),
        ...names(30)
          .slice(24, 28)
          .map((node) => prints(1, node, ['sh: df: not found'], 127)),
        comesTo(1, 'exec', 'us-west-2-29', { status: 'running', detail: 'connecting' }),
      );
      await until(/24 nodes/);
      assert.match(screen(), /30 nodes · by ann@desk · at \d\d:\d\d:\d\d · running for 0s/);
      assert.match(screen(), /✓ 24 succeeded {2}✗ 4 failed {2}► 1 running {2}○ 1 waiting/);
      const order = [
        '✓ 24 nodes',
        'Filesystem Size Used',
        '✗ 4 nodes',
        'exit status 127',
        'sh: df: not found',
        '► us-west-2-29',
        '○ us-west-2-30',
      ].map((text) => screen().indexOf(text));
      assert.ok(
        order.every((place, index) => place > (order[index - 1] ?? 0)),
        screen(),
      );
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
    });

    test('of 2,000 nodes are as quick, and only what is visible is drawn', async () => {
      const { happen, lines, press, screen, until, width } = await showExec(2000, size);
      await happen(...names(2000).map((node, index) => prints(1, node, [`load ${index}`])));
      await until(/2,000 succeeded/);
      await press('G');
      assert.match(screen(), /load 1999/);
      await press(keyboard.pageUp, 'g');
      assert.match(screen(), /load 0\b/);
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
    });

    test('that are hostile shift nothing', async () => {
      const { happen, lines, press, until, width } = await showExec(6, size);
      const hostile = [
        `\u001B[31mred\u001B[2J\u001B]0;title\u0007\u009B5A\u0000\u0008`,
        '日本語のログ行'.repeat(40),
        'שלום \u202Egnol si siht\u202C مرحبا'.repeat(20),
        'x'.repeat(100_000),
        '漢字'.repeat(50_000),
        `👨‍👩‍👧‍👦👩🏽‍🚀${'\u0301'.repeat(500)}\tb\r\nc\u2028d`,
      ];
      await happen(
        ...hostile.map((text, index) => prints(1, `us-west-2-${index + 1}`, [text, text], index)),
      );
      await until(/1 succeeded {2}✗ 5 failed/);
      for (let step = 0; step < 20; step++) {
        await press(step % 3 === 0 ? keyboard.enter : 'j');
        assert.equal(lines().length, size.rows);
        assert.ok(width() <= size.columns, `${width()} columns at step ${step}`);
        for (const line of lines()) assert.ok(stringWidth(line) <= size.columns);
      }
    });
  });
}

describe('a group', () => {
  const many = Array.from({ length: 100 }, (_line, index) => `<${index}>`);

  test('opens to all its names and lines, through which the cursor goes, and closes again', async () => {
    const { happen, press, screen, until } = await showExec(3);
    await happen(...names(3).map((node) => prints(1, node, many)));
    await until(/… 8\d more lines/);
    assert.doesNotMatch(screen(), /<99>/);
    await press(keyboard.enter);
    assert.match(screen(), /│ us-west-2-1, us-west-2-2, us-west-2-3/);
    await press(keyboard.end);
    assert.match(screen(), /› │ <99>/);
    await press(keyboard.pageUp, 'k');
    assert.doesNotMatch(screen(), /<99>/);
    await press(keyboard.enter);
    assert.match(screen(), /› ✓ 3 nodes/);
    assert.match(screen(), /more lines/);
  });

  test('that failed shows the end of its output, where it says why', async () => {
    const { happen, screen, until } = await showExec(1);
    await happen(prints(1, 'us-west-2-1', many, 1));
    await until(/… 8\d lines before/);
    assert.match(screen(), /<99>/);
    assert.doesNotMatch(screen(), /<0>/);
  });

  test('keeps the cursor while others become bigger', async () => {
    const { happen, press, line, until } = await showExec(5);
    await happen(prints(1, 'us-west-2-1', ['a']), prints(1, 'us-west-2-2', ['b']));
    await until(/│ b/);
    await press('j');
    assert.match(line('› '), /us-west-2-2/);
    await happen(
      ...names(5)
        .slice(2)
        .map((node) => prints(1, node, ['c'])),
    );
    await until(/✓ 3 nodes/);
    assert.match(line('› '), /us-west-2-2/);
    await press('k', 'k');
    assert.match(line('› '), /3 nodes/);
  });

  test('is selected on the table by space, in place of what was selected there', async () => {
    const { happen, line, model, press, screen, until } = await showExec(5);
    const marked = () => [...model.view.getState().fleet.marked];
    assert.equal(marked().length, 5);
    await happen(
      prints(1, 'us-west-2-2', ['no'], 1),
      prints(1, 'us-west-2-4', ['no'], 1),
      prints(1, 'us-west-2-1', ['yes']),
    );
    await until(/✗ 2 nodes/);
    await press(' ');
    assert.match(screen(), /✓ 2 nodes selected: Esc goes back to them/);
    assert.match(line('2 nodes  '), /^›●✗ 2 nodes/);
    assert.deepEqual(marked(), ['us-west-2-2', 'us-west-2-4']);
    await press('j', ' ');
    assert.match(screen(), /3 nodes selected/);
    await press(' ', 'k', ' ');
    assert.match(screen(), /No node is selected any longer/);
    assert.deepEqual(marked(), []);
  });

  test('fills the window where it is the only one', async () => {
    const { happen, screen, until } = await showExec(1);
    await happen(prints(1, 'us-west-2-1', many.slice(0, 15)));
    await until('<14>');
    assert.doesNotMatch(screen(), /more lines/);
  });
});

describe('an action that prints nothing', () => {
  test('has a row for each node, what failed first, with its whole reason when opened', async () => {
    const { happen, press, screen, until } = await show([begins(), ...fleetOf(4)]);
    await press('p');
    const reason = `configuring: bacalhau.service failed: ${'because '.repeat(12)}END`;
    await happen(
      asks(1, 'push', names(4), { detail: 'first 1 as a canary' }),
      comesTo(1, 'push', 'us-west-2-1', { status: 'succeeded', detail: 'ready after 3s' }),
      comesTo(1, 'push', 'us-west-2-2', { status: 'running', detail: 'under way' }),
      comesTo(1, 'push', 'us-west-2-3', { status: 'failed', detail: reason }),
    );
    await press(keyboard.enter);
    await until('push  first 1 as a canary');
    const order = ['✗ us-west-2-3', '► us-west-2-2', '○ us-west-2-4', '✓ us-west-2-1'].map((text) =>
      screen().indexOf(text),
    );
    assert.ok(order.every((place, index) => place > (order[index - 1] ?? 0)));
    assert.doesNotMatch(screen(), /END/);
    await press(keyboard.enter);
    assert.match(screen(), /END/);
  });

  test('says so where there is no more to open', async () => {
    const { happen, press, screen, until } = await show([begins(), ...fleetOf(1)]);
    await press('p');
    await happen(
      asks(1, 'push', names(1)),
      comesTo(1, 'push', 'us-west-2-1', { status: 'succeeded', detail: 'ready after 3s' }),
    );
    await press(keyboard.enter);
    await until('ready after 3s');
    await press(keyboard.enter);
    assert.match(screen(), /That is all there is/);
  });

  test('tells how long it took, and how it ended', async () => {
    const { happen, press, until } = await show([begins(), ...fleetOf(1)]);
    await press('p');
    await happen(
      asks(1, 'configure', names(1)),
      comesTo(1, 'configure', 'us-west-2-1', { status: 'cancelled', detail: 'cancelled here' }),
      ends(1, 'configure', names(1), 'cancelled', 125),
    );
    await press(keyboard.enter);
    await until('cancelled after 2m05s');
    await until('■ us-west-2-1  cancelled here');
  });

  test('lives: time passes while it runs', async () => {
    const { screen, time, until } = await showExec(1);
    time.passSeconds(7);
    await until('running for 7s');
    assert.doesNotMatch(screen(), /done/);
  });
});

describe('X', () => {
  test('cancels what runs, at once where nothing is lost', async () => {
    const { calls, press, screen } = await showExec(2);
    await press('X');
    assert.deepEqual(calls.slice(1), ['cancel 1']);
    assert.match(screen(), /Cancelling the exec of 2 nodes/);
  });

  test('asks before it cancels a replacement', async () => {
    const { calls, happen, press, screen, until } = await show(fleetOf(2));
    await press('p');
    await happen(asks(3, 'replace', names(2)));
    await until(/replace/);
    await press('X');
    assert.match(screen(), /Cancel the replace of 2 nodes\?/);
    await press(keyboard.enter);
    assert.match(screen(), /goes on/);
    await press('X', 'y');
    assert.deepEqual(calls, ['cancel 3']);
  });

  test('says so where there is nothing to cancel', async () => {
    const { calls, happen, press, screen, until } = await showExec(1);
    await happen(prints(1, 'us-west-2-1', []), ends(1, 'exec', names(1)));
    await until('done after 4s');
    await press('X');
    assert.match(screen(), /The exec of us-west-2-1 is over/);
    assert.equal(calls.length, 1);
  });
});

test('W writes all outputs, harmless, with the names of all nodes', async () => {
  const { happen, press, saved, until } = await showExec(3);
  await happen(
    prints(1, 'us-west-2-1', ['one', '\u001B[31mtwo\tx']),
    prints(1, 'us-west-2-3', ['one', '\u001B[31mtwo\tx']),
    prints(1, 'us-west-2-2', ['no'], 2),
  );
  await until(/2 succeeded {2}✗ 1 failed/);
  await press('W', keyboard.enter);
  await until(/Written to exec-1-\d{8}-\d{6}\.txt/);
  assert.equal(
    saved[0]?.content,
    [
      'exec df',
      `asked for by ann@desk at ${new Date(start).toISOString()}`,
      '',
      '── 2 nodes: us-west-2-1, us-west-2-3: succeeded, exit status 0',
      'one',
      '[31mtwo\tx',
      '',
      '── us-west-2-2: failed, exit status 2',
      'no',
      '',
    ].join('\n'),
  );
});

test('an action of which nothing is known yet has a screen that says so', async () => {
  const { press, screen } = await show(fleetOf(1));
  await press('x', 'w', keyboard.enter);
  assert.match(screen(), /Nothing is known of this action yet/);
  await press('j', keyboard.enter, ' ', 'X');
  assert.match(screen(), /There is no action to cancel/);
  await press('q');
  assert.match(screen(), /NODE/);
});

test('without Unicode everything is ASCII', async () => {
  const { happen, press, screen, until } = await showExec(30, { hasUnicode: false });
  await happen(
    ...names(20).map((node) => prints(1, node, table)),
    prints(1, 'us-west-2-21', table, 1),
    comesTo(1, 'exec', 'us-west-2-22', { status: 'running', detail: '' }),
    comesTo(1, 'exec', 'us-west-2-23', { status: 'cancelled', detail: 'cancelled here' }),
    comesTo(1, 'exec', 'us-west-2-24', { status: 'skipped', detail: 'not begun' }),
  );
  await until(/20 succeeded/);
  await press(keyboard.enter, ' ');
  assert.match(screen(), /^[\n -~]*$/);
  await press(keyboard.escape, 'p');
  assert.match(screen(), /^[\n -~]*$/);
  await press('q', '*', 't');
  assert.match(screen(), /^[\n -~]*$/);
});
