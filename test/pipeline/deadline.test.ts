import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  backOff,
  DeadlineExceededError,
  formatSeconds,
  withDeadline,
} from '../../source/pipeline/deadline.ts';

const never = new AbortController().signal;

test('what is done in time is answered', async () => {
  assert.equal(await withDeadline(1000, never, () => Promise.resolve('done')), 'done');
});

test('what is late is ended, even if it ignores its signal', async () => {
  await assert.rejects(
    withDeadline(10, never, () => sleep(5000, undefined, { ref: false })),
    (error) => error instanceof DeadlineExceededError && error.message === 'not done after 0 s',
  );
});

test('the outer signal’s reason is not taken for a deadline', async () => {
  const outer = new AbortController();
  const waiting = withDeadline(5000, outer.signal, (signal) =>
    sleep(5000, undefined, { signal, ref: false }),
  );
  outer.abort(new Error('asked to leave'));
  await assert.rejects(waiting, /asked to leave/);
});

test('nothing listens to a signal that lasts, nor to its own, once the work has ended', async () => {
  const outer = new AbortController().signal;
  const own: AbortSignal[] = [];
  for (const ends of [true, false]) {
    const work = withDeadline(1000, outer, async (signal) => {
      own.push(signal);
      assert.equal(getEventListeners(outer, 'abort').length, 1);
      if (!ends) throw new Error('refused');
    });
    await work.catch((error: unknown) => assert.match(String(error), /refused/));
  }
  for (const signal of [outer, ...own]) {
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  }
  assert.equal(own.length, 2);
});

test('waiting before another try ends with its signal', async () => {
  const controller = new AbortController();
  const waiting = backOff(10, controller.signal, { base: 60_000, maximum: 60_000 });
  controller.abort();
  await assert.rejects(waiting);
});

test('durations are said as precisely as a person needs', () => {
  assert.equal(formatSeconds(90_000), '90 s');
  assert.equal(formatSeconds(1500), '1.5 s');
  assert.equal(formatSeconds(300_000), '5 min');
});
