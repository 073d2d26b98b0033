import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { asks, comesTo, ends, names } from './asked.ts';
import { begins, fleetOf } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]) {
  describe(`actions at ${size.columns}x${size.rows}`, () => {
    test('stand with what was asked of whom, and how far it is, newest first', async () => {
      const { happen, lines, press, screen, until, width } = await show(
        [begins(), ...fleetOf(30)],
        size,
      );
      await press('p');
      await happen(
        asks(1, 'configure', names(1)),
        comesTo(1, 'configure', 'us-west-2-1', { status: 'succeeded', detail: 'ready' }),
        ends(1, 'configure', names(1)),
        asks(2, 'exec', names(30), { detail: 'df -h' }),
        comesTo(2, 'exec', 'us-west-2-1', { status: 'failed', detail: 'exit status 1' }),
        comesTo(2, 'exec', 'us-west-2-2', { status: 'running', detail: '' }),
      );
      await until(/2 actions, newest first/);
      assert.match(lines()[1] ?? '', /^› ► \d\d:\d\d:\d\d {2}exec +30 nodes +1 of 30, 1 failed/);
      assert.match(lines()[1] ?? '', /df -h/);
      assert.match(lines()[2] ?? '', /^ {2}✓ \d\d:\d\d:\d\d {2}configure {2}us-west-2-1 +1 succ/);
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
      if (size.columns === 200) assert.match(screen(), /by ann@desk/);
    });

    test('are more than the window has rows for', async () => {
      const { happen, press, screen, lines, until } = await show(fleetOf(1), size);
      await press('p');
      await happen(
        ...Array.from({ length: 50 }, (_action, index) =>
          asks(index + 1, 'exec', names(1), { detail: `command ${index + 1}` }),
        ),
      );
      await until('command 50');
      await press('G');
      assert.match(screen(), /› ► .*command 1 /);
      await press('g');
      assert.match(screen(), /› ► .*command 50 /);
      assert.equal(lines().length, size.rows);
    });
  });
}

test('one that failed before it had a node says that it did, and why', async () => {
  const { happen, lines, press, until } = await show([begins(), ...fleetOf(1)], {
    columns: 200,
    rows: 24,
  });
  await press('p');
  const failure = 'nothing was launched: the quota is used up';
  const detail = '2 more';
  await happen(asks(1, 'launch', [], { detail, failure }), ends(1, 'launch', []));
  await until(/1 action/);
  assert.match(
    lines()[1] ?? '',
    /✗ .* launch +no node +failed +4s +2 more: .*the quota is used up/,
  );
});

test('there may be none: then the screen says what would be here', async () => {
  const { press, screen } = await show([begins()]);
  await press('p', 'j', keyboard.enter);
  assert.match(screen(), /Nothing was asked of this fleet so far/);
  await press('X');
  assert.match(screen(), /There is no action to cancel/);
  await press('q');
  assert.match(screen(), /There are no nodes|Asking EC2/);
});

test('Enter opens what became of it, and Esc comes back to the same action', async () => {
  const { happen, press, screen, line, until } = await show(fleetOf(2));
  await press('p');
  await happen(asks(1, 'push', names(2)), asks(2, 'configure', names(2)));
  await until(/configure/);
  await press('j');
  await happen(asks(3, 'doctor', names(2)));
  await until(/doctor/);
  assert.match(line('› '), /push/);
  await press(keyboard.enter);
  assert.match(screen(), /► push/);
  assert.match(screen(), /○ us-west-2-1 {2}waiting/);
  await press(keyboard.escape);
  assert.match(line('› '), /push/);
});

test('a recording shows its actions, and cancels none', async () => {
  const { happen, press, screen, until } = await show(fleetOf(1), { isRecording: true });
  await press('p');
  await happen(asks(1, 'push', names(1)));
  await until(/push/);
  await press('X');
  assert.match(screen(), /This is a recording: cancel needs a fleet/);
});

test('a launch that came to nothing is no success', async () => {
  const { happen, press, line, screen, until } = await show([begins()]);
  await press('p');
  await happen(asks(1, 'launch', []), ends(1, 'launch', []));
  await until(/nothing was done/);
  assert.match(line('launch'), /^› – .*no node/);
  await press(keyboard.enter);
  assert.match(screen(), /No node was worked on: m shows what was said/);
});
