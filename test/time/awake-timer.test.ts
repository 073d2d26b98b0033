import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startAwakeTimer } from '../../source/time/awake-timer.ts';
import { watchForWakes } from '../../source/time/wake-watch.ts';

const hour = 3_600_000;

/** A monotonic and a wall clock, and timers that follow them. */
const startTime = (context: TestContext) => {
  let monotonic = 0;
  let wall = Date.parse('2026-05-01T10:00:00Z');
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  return {
    clock: () => monotonic,
    clocks: { monotonic: () => monotonic, wall: () => wall },
    /** The program runs for so long. */
    run: (milliseconds: number) => {
      for (let done = 0; done < milliseconds; done += 100) {
        monotonic += 100;
        wall += 100;
        context.mock.timers.tick(100);
      }
    },
    /** It does not: no timer ends meanwhile. */
    stop: (milliseconds: number) => {
      monotonic += milliseconds;
      wall += milliseconds;
    },
    /** The machine sleeps, and its monotonic clock with it. */
    suspend: (milliseconds: number) => {
      wall += milliseconds;
    },
    setBack: (milliseconds: number) => {
      wall -= milliseconds;
    },
  };
};

test('a timer ends when its time is over, and not before', (context) => {
  const time = startTime(context);
  let isOver = false;
  startAwakeTimer(
    2_500,
    () => {
      isOver = true;
    },
    time.clock,
  );
  time.run(2_400);
  assert.equal(isOver, false);
  time.run(200);
  assert.equal(isOver, true);
});

test('an hour in which the program was stopped takes nothing from a timer', (context) => {
  const time = startTime(context);
  let isOver = false;
  startAwakeTimer(
    60_000,
    () => {
      isOver = true;
    },
    time.clock,
  );
  time.run(30_000);
  time.stop(hour);
  time.run(28_000);
  assert.equal(isOver, false, 'the hour counted');
  time.run(3_000);
  assert.equal(isOver, true);
});

test('a timer that was about to end leaves a second to hear what came meanwhile', (context) => {
  const time = startTime(context);
  let isOver = false;
  startAwakeTimer(
    1_000,
    () => {
      isOver = true;
    },
    time.clock,
  );
  time.run(900);
  time.stop(hour);
  time.run(500);
  assert.equal(isOver, false);
  time.run(1_000);
  assert.equal(isOver, true);
});

test('a timer that was stopped never ends', (context) => {
  const time = startTime(context);
  let isOver = false;
  const stop = startAwakeTimer(
    2_000,
    () => {
      isOver = true;
    },
    time.clock,
  );
  time.run(1_500);
  stop();
  time.run(5_000);
  assert.equal(isOver, false);
});

test('waking is told, by whichever clock shows it', (context) => {
  const time = startTime(context);
  const gaps: number[] = [];
  const wakes = watchForWakes(time.clocks);
  context.after(wakes.stop);
  wakes.onWake((gap) => gaps.push(gap));
  time.run(10_000);
  time.stop(hour);
  time.run(10_000);
  time.suspend(2 * hour);
  time.run(10_000);
  assert.deepEqual(gaps, [hour, 2 * hour]);
});

test('neither a busy second nor a clock that is set back is a sleep', (context) => {
  const time = startTime(context);
  const wakes = watchForWakes(time.clocks);
  context.after(wakes.stop);
  wakes.onWake(() => assert.fail('nothing slept'));
  time.run(5_000);
  time.stop(3_000);
  time.run(5_000);
  time.setBack(hour);
  time.run(5_000);
});
