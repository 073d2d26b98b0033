import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { PlaybackControls, PlaybackStatus } from '../../source/fleet/playback-controls.ts';
import { fleetOf, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

/** Controls that note what is asked of them. */
const createControls = () => {
  const asked: string[] = [];
  const listeners = new Set<() => void>();
  let status: PlaybackStatus = { state: 'playing', speed: 1, start, end: start + 600_000 };
  const ask = (name: string) => () => void asked.push(name);
  const controls: PlaybackControls = {
    getStatus: () => status,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => start,
    togglePause: ask('pause'),
    faster: ask('faster'),
    slower: ask('slower'),
    seekBy: ask('seek'),
    seekTo: ask('seek'),
    nextChange: ask('next'),
    previousChange: ask('previous'),
  };
  const become = (changes: Partial<PlaybackStatus>) => {
    status = { ...status, ...changes };
    for (const listener of listeners) listener();
  };
  return { asked, become, controls };
};

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]) {
  test(`at ${size.columns}x${size.rows} a recording says where it is and how fast it plays`, async () => {
    const { become, controls } = createControls();
    const { screen, until } = await show(fleetOf(3), {
      ...size,
      isRecording: true,
      playback: controls,
    });
    assert.match(screen(), /► \d\d:\d\d:\d\d of \d\d:\d\d:\d\d to \d\d:\d\d:\d\d/);
    become({ state: 'paused', speed: 8 });
    await until(/║ .* 8x/);
    become({ state: 'ended' });
    await until(/■ The end/);
  });
}

test('space, + and -, and the arrows play a recording', async () => {
  const { asked, controls } = createControls();
  const { press } = await show(fleetOf(3), { isRecording: true, playback: controls });
  await press(' ', '+', '-', keyboard.right, keyboard.left);
  assert.deepEqual(asked, ['pause', 'faster', 'slower', 'next', 'previous']);
});

test('h tells that the past of a recording is the recording', async () => {
  const { controls } = createControls();
  const { press, until } = await show(fleetOf(3), { isRecording: true, playback: controls });
  await press('h');
  await until(/the past is what it plays/);
});
