import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { fleetOf } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

test('a line takes what arrives at once, however long, and Enter ends it', async () => {
  const { calls, press, until } = await show(fleetOf(3));
  await press('x');
  await until('Run on us-west-2-1:');
  await press('systemctl is-active bacalhau-startup.service\r');
  assert.deepEqual(calls, ['exec us-west-2-1 "systemctl is-active bacalhau-startup.service"']);
});

test('a pasted text goes into the line, its line breaks as blanks', async () => {
  const { calls, press, until } = await show(fleetOf(3));
  await press('x');
  await press('\u001B[200~df -h\nuptime\n\u001B[201~');
  await until(/df -h uptime/);
  assert.deepEqual(calls, []);
  await press(keyboard.enter);
  assert.equal(calls.length, 1);
});

test('a line is edited as in a shell', async () => {
  const { calls, press } = await show(fleetOf(3));
  await press('x', 'echo one', '\u0001', 'sudo ', '\u0005', ' two', '\u0017', '2', keyboard.left);
  await press('1', '\u007F', keyboard.enter);
  assert.deepEqual(calls, ['exec us-west-2-1 "sudo echo one 2"']);
});

test('Esc leaves the line without doing anything', async () => {
  const { calls, press, screen } = await show(fleetOf(3));
  await press('x', 'reboot', keyboard.escape);
  assert.deepEqual(calls, []);
  assert.doesNotMatch(screen(), /Run on/);
});

for (const columns of [80, 200]) {
  test(`the end of a long line stays visible at ${columns} columns`, async () => {
    const { press, screen, width } = await show(fleetOf(3), { columns, rows: 24 });
    await press('x', `${'x'.repeat(300)}END`);
    assert.match(screen(), /xEND/);
    assert.equal(width(), columns);
    await press(`${'界'.repeat(150)}LAST`);
    assert.match(screen(), /界LAST/);
    assert.equal(width(), columns);
  });
}
