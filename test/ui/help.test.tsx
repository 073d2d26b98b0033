import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createKeyMap } from '../../source/ui/keys/key-map.ts';
import { fleetOf } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

for (const size of [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
]) {
  test(`at ${size.columns}x${size.rows} ? tells every key of the screen, and Esc or ? closes`, async () => {
    const { lines, press, screen, width } = await show(fleetOf(3), size);
    await press('?');
    const seen = [screen()];
    for (let count = 0; count < 80; count++) {
      await press('j');
      seen.push(screen());
      assert.equal(width(), size.columns);
      assert.equal(lines().length, size.rows);
    }
    const { keyMap } = createKeyMap();
    for (const { description } of keyMap.of('fleet')) {
      // A narrow window cuts a description at its end.
      const start = description.slice(0, 16);
      assert.ok(
        seen.some((each) => each.includes(start)),
        description,
      );
    }
    assert.ok(seen.some((each) => each.includes('degraded')));
    // Keys beyond the end have not to be taken back one by one.
    const before = screen();
    await press('k');
    if (/\d+-\d+ of \d+/.test(before)) assert.notEqual(screen(), before);
    await press(keyboard.escape);
    assert.doesNotMatch(screen(), /Keys/);
    await press('?', '?');
    assert.doesNotMatch(screen(), /Keys/);
  });
}

test('keys that act come first, where somebody in trouble looks', async () => {
  const { press, screen } = await show(fleetOf(3), { columns: 80, rows: 24 });
  await press('?');
  for (const text of [
    'open a shell on the node',
    'run the whole pipeline again',
    'terminate, after',
  ]) {
    assert.ok(screen().includes(text), text);
  }
});

test('a recording has keys to play it and no others that act', async () => {
  const { press, screen } = await show(fleetOf(3), { columns: 80, rows: 24, isRecording: true });
  await press('?');
  assert.match(screen(), /Space\s+pause, or play on/);
});
