import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createClock } from '../../source/ui/clock.ts';
import { formatDuration } from '../../source/ui/duration.ts';

const withTimers = (play: () => void) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 10_000 });
  try {
    play();
  } finally {
    mock.timers.reset();
  }
};

test('a clock that nobody listens to does not tick', () =>
  withTimers(() => {
    let reads = 0;
    createClock(() => {
      reads++;
      return Date.now();
    });
    mock.timers.tick(5000);
    assert.equal(reads, 1);
  }));

test('seconds come once a second while nothing spins', () =>
  withTimers(() => {
    const clock = createClock();
    const seen: number[] = [];
    const stop = clock.subscribe('second', () => seen.push(clock.now()));
    for (let step = 0; step < 30; step++) mock.timers.tick(100);
    assert.deepEqual(seen, [11_000, 12_000, 13_000]);
    stop();
    mock.timers.tick(5000);
    assert.equal(seen.length, 3);
  }));

test('frames come about eight times a second, seconds still once', () =>
  withTimers(() => {
    const clock = createClock();
    let frames = 0;
    let seconds = 0;
    const stopFrames = clock.subscribe('frame', () => frames++);
    clock.subscribe('second', () => seconds++);
    for (let step = 0; step < 600; step++) mock.timers.tick(10);
    assert.ok(frames >= 48 && frames <= 50, `${frames} frames`);
    assert.equal(seconds, 6);
    stopFrames();
    for (let step = 0; step < 300; step++) mock.timers.tick(10);
    assert.ok(frames <= 50);
    assert.equal(seconds, 9);
  }));

test('a clock that catches up ticks once for both, and only when half a frame is over', () =>
  withTimers(() => {
    let time = 0;
    mock.method(performance, 'now', () => time);
    const pass = (milliseconds: number) => {
      time += milliseconds;
      mock.timers.tick(milliseconds);
    };
    const clock = createClock();
    let frames = 0;
    clock.catchUp();
    clock.subscribe('frame', () => frames++);
    pass(50);
    clock.catchUp();
    assert.equal(frames, 0);
    pass(50);
    clock.catchUp();
    assert.equal(frames, 1);
    pass(119);
    assert.equal(frames, 1, 'the next tick is a whole frame later');
    pass(1);
    assert.equal(frames, 2);
    mock.restoreAll();
  }));

test('a time that stands still just before a full second does not make the clock spin', () =>
  withTimers(() => {
    let reads = 0;
    const clock = createClock(() => {
      reads++;
      return 1999.9;
    });
    clock.subscribe('second', () => undefined);
    for (let step = 0; step < 100; step++) mock.timers.tick(10);
    assert.ok(reads < 40, `${reads} reads`);
  }));

test('a clock tells the current time to who subscribes after it was idle', () =>
  withTimers(() => {
    const clock = createClock();
    mock.timers.tick(60_000);
    clock.subscribe('second', () => undefined);
    assert.equal(clock.now(), 70_000);
  }));

test('durations take at most six columns', () => {
  const second = 1000;
  const cases: [number, string][] = [
    [-5000, '0s'],
    [0, '0s'],
    [999, '0s'],
    [59 * second, '59s'],
    [60 * second, '1m00s'],
    [59 * 60 * second + 59_999, '59m59s'],
    [3600 * second, '1h00m'],
    [86_399 * second, '23h59m'],
    [86_400 * second, '1d00h'],
    [99 * 86_400 * second, '99d00h'],
    [4000 * 86_400 * second, '4000d'],
  ];
  for (const [milliseconds, text] of cases) assert.equal(formatDuration(milliseconds), text);
});
