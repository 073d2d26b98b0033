import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlayback, type PlaybackClock } from '../../source/commands/playback.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import { at, sampleRun } from '../reporters/sample-run.ts';

/** A clock that the test moves. */
class TestClock implements PlaybackClock {
  #now = 1_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, delay: number): () => void {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

const node = 'us-west-2-1';

/** The sample run, one stretch of it as long as it was. */
const open = (events: readonly FleetEvent[] = sampleRun, longestPause = 3_600_000) => {
  const clock = new TestClock();
  const playback = createPlayback(events, { clock, longestPause });
  const phase = () => playback.store.getState().nodes.get(node)?.phase;
  return { clock, playback, phase };
};

/** The fleet after everything that had happened at a moment. */
const stateAt = (time: number) =>
  reduceAll(
    emptyFleet,
    sampleRun.filter((event) => event.time <= time),
  );

test('it plays in the pace in which it happened', () => {
  const { clock, phase, playback } = open();
  assert.deepEqual(playback.store.getState(), stateAt(at(0)));
  assert.equal(playback.now(), at(0));
  for (const second of [1, 2, 5, 9, 25, 31]) {
    clock.pass(at(second) - playback.now());
    assert.equal(playback.now(), at(second));
    assert.deepEqual(playback.store.getState(), stateAt(at(second)), `after ${second} s`);
  }
  assert.equal(phase(), 'failed');
  clock.pass(1_000_000);
  assert.equal(playback.getStatus().state, 'ended');
  assert.equal(playback.now(), at(240));
  assert.deepEqual(playback.store.getState(), stateAt(at(240)));
});

test('where nothing happened for long it does not last long', () => {
  const { clock, playback } = open(sampleRun, 1_000);
  // Twenty moments at which something happens, and so at most as many seconds.
  clock.pass(20_000);
  assert.equal(playback.getStatus().state, 'ended');
});

test('it stops, goes on, and begins anew after its end', () => {
  const { clock, playback } = open();
  clock.pass(10_000);
  playback.togglePause();
  assert.equal(playback.getStatus().state, 'paused');
  clock.pass(60_000);
  assert.equal(playback.now(), at(10));
  playback.togglePause();
  clock.pass(10_000);
  assert.equal(playback.now(), at(20));
  clock.pass(1_000_000);
  playback.togglePause();
  assert.equal(playback.now(), at(0));
  assert.equal(playback.getStatus().state, 'playing');
  assert.deepEqual(playback.store.getState(), stateAt(at(0)));
});

test('it plays up to 64 times faster, and no slower than it happened', () => {
  const { clock, playback } = open();
  playback.slower();
  assert.equal(playback.getStatus().speed, 1);
  playback.faster();
  playback.faster();
  assert.equal(playback.getStatus().speed, 4);
  clock.pass(10_000);
  assert.ok(Math.abs(playback.now() - at(40)) < 1, String(playback.now() - at(0)));
  for (let press = 0; press < 9; press += 1) playback.faster();
  assert.equal(playback.getStatus().speed, 64);
  playback.slower();
  assert.equal(playback.getStatus().speed, 32);
  clock.pass(6_250);
  assert.equal(playback.getStatus().state, 'ended');
});

test('it can be set to any moment, forwards and back, playing or not', () => {
  const { clock, playback } = open();
  playback.togglePause();
  for (const second of [100, 30, 95, 0, 240, 81, 80.5, 82]) {
    playback.seekTo(at(second));
    assert.deepEqual(playback.store.getState(), stateAt(at(second)), `at ${second} s`);
    assert.equal(playback.now(), at(second));
  }
  assert.equal(playback.getStatus().state, 'paused');
  playback.seekTo(at(20));
  playback.togglePause();
  playback.seekBy(10_000);
  clock.pass(1_000);
  assert.equal(playback.now(), at(31));
  playback.seekBy(-10_000);
  assert.equal(playback.now(), at(21));
  playback.seekBy(-60_000);
  assert.equal(playback.now(), at(0));
  playback.seekBy(9_999_000);
  assert.equal(playback.getStatus().state, 'ended');
  playback.seekBy(-10_000);
  assert.equal(playback.getStatus().state, 'playing');
});

test('it goes from phase to phase', () => {
  const { clock, phase, playback } = open();
  playback.togglePause();
  const forwards: unknown[] = [];
  for (let press = 0; press < 5; press += 1) {
    playback.nextChange();
    forwards.push(phase());
  }
  assert.deepEqual(forwards, ['booting', 'connecting', 'uploading', 'failed', 'pending']);
  const back: unknown[] = [];
  for (let press = 0; press < 4; press += 1) {
    playback.previousChange();
    back.push(phase());
  }
  assert.deepEqual(back, ['failed', 'uploading', 'connecting', 'booting']);
  for (let press = 0; press < 30; press += 1) playback.nextChange();
  assert.equal(playback.now(), at(240));
  for (let press = 0; press < 30; press += 1) playback.previousChange();
  assert.equal(playback.now(), at(0));

  // Who goes back while it plays means the phase before, not the one that has just begun.
  playback.seekTo(at(20));
  playback.togglePause();
  clock.pass(500);
  playback.previousChange();
  assert.equal(phase(), 'connecting');
});

test('views hear of every change, and status is the same object in between', () => {
  const { clock, playback } = open();
  let heard = 0;
  const leave = playback.subscribe(() => {
    heard += 1;
  });
  const status = playback.getStatus();
  clock.pass(2_000);
  assert.ok(heard > 0);
  assert.equal(playback.getStatus(), status);
  playback.faster();
  assert.notEqual(playback.getStatus(), status);
  leave();
  const before = heard;
  clock.pass(9_000);
  assert.equal(heard, before);
});

test('many events at once cost few changes', () => {
  const events = Array.from(
    { length: 10_000 },
    (_, number): FleetEvent => ({
      event: 'notice',
      time: at(number / 1_000),
      level: 'info',
      message: `notice ${number}`,
    }),
  );
  const { clock, playback } = open(events);
  let heard = 0;
  playback.subscribe(() => {
    heard += 1;
  });
  clock.pass(10_000);
  assert.ok(heard <= 251, String(heard));
  assert.equal(playback.store.getState().notices.at(-1)?.message, 'notice 9999');
});

test('the clock of a node, right or wrong, moves nothing', () => {
  const log = (time: number): FleetEvent => ({
    event: 'log',
    time,
    node,
    source: 'sensor',
    message: String(time),
  });
  const events = [...sampleRun.slice(0, 5), log(0), log(at(999_999)), ...sampleRun.slice(5)];
  const { playback } = open(events);
  const { end, start } = playback.getStatus();
  assert.deepEqual([start, end], [at(0), at(240)]);
  playback.togglePause();
  playback.seekTo(at(8));
  assert.equal(playback.store.getState().nodes.get(node)?.log.length, 1);
  playback.seekTo(at(9));
  assert.equal(playback.store.getState().nodes.get(node)?.log.length, 2);
});

test('a long recording is at any moment as it was', () => {
  const events = Array.from(
    { length: 5_000 },
    (_, number): FleetEvent => ({
      event: 'log',
      time: at(number),
      node: `us-west-2-${number % 7}`,
      source: 'sensor',
      message: `line ${number}`,
    }),
  );
  const { playback } = open(events);
  playback.togglePause();
  for (const second of [4_999, 10, 2_500, 2_499, 0, 3_000, 1_499, 1_500, 1_501]) {
    playback.seekTo(at(second));
    assert.deepEqual(playback.store.getState(), reduceAll(emptyFleet, events.slice(0, second + 1)));
  }
});

test('one event is a recording, too', () => {
  const { clock, playback } = open(sampleRun.slice(0, 1));
  assert.equal(playback.getStatus().state, 'ended');
  clock.pass(1_000);
  playback.togglePause();
  playback.nextChange();
  assert.equal(playback.now(), at(0));
  assert.equal(playback.store.getState().deployment, 'demo');
});
