import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance, WatchOptions } from '../../source/ec2/cloud.ts';
import { RegionWatch } from '../../source/fleet/watch-region.ts';

/**
 * A region that answers the first poll of each watch, as the list of answers says, and none that the
 * interval would bring: what is polled again was nudged.
 */
const region = (answers: (() => Instance[])[] = []) => {
  const intervals: number[] = [];
  const times: number[] = [];
  return {
    intervals,
    times,
    cloud: {
      async *watch({ interval, signal }: WatchOptions): AsyncGenerator<Instance[], void> {
        intervals.push(interval);
        times.push(performance.now());
        yield (answers.shift() ?? (() => []))();
        await sleep(2 ** 30, undefined, { signal }).catch(() => undefined);
      },
    },
  };
};

const watching = async (
  options: ConstructorParameters<typeof RegionWatch>[0],
  use: (watch: RegionWatch) => Promise<void>,
) => {
  const ending = new AbortController();
  const watch = new RegionWatch(options);
  const over = watch.run(ending.signal);
  try {
    await use(watch);
  } finally {
    ending.abort();
  }
  await over;
};

const calmly = { isChanging: () => false, onInstances: () => undefined, onError: () => undefined };

test('a nudge brings the next poll forward, and many nudges bring no more than one a second', async () => {
  const { cloud, intervals, times } = region();
  await watching({ ...calmly, cloud }, async (watch) => {
    while (times.length < 3) {
      watch.nudge();
      await sleep(50);
    }
  });
  const [first = 0, second = 0, third = 0] = times;
  // Timers may be a millisecond early.
  assert.ok(second - first > 990 && third - second > 990, times.join());
  assert.deepEqual([...new Set(intervals)], [10_000]);
});

test('a refusal is told once, and the region watched again from the next nudge on', async () => {
  const { cloud, intervals } = region([
    () => {
      throw new Error('not authorized');
    },
  ]);
  const errors: unknown[] = [];
  const seen: number[] = [];
  const refused = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await watching(
    {
      ...calmly,
      cloud,
      onError: (error) => {
        errors.push(error);
        refused.resolve();
      },
      onInstances: (instances) => {
        seen.push(instances.length);
        answered.resolve();
      },
    },
    async (watch) => {
      await refused.promise;
      assert.equal(intervals.length, 1);
      watch.nudge();
      await answered.promise;
    },
  );
  assert.equal(errors.length, 1);
  assert.deepEqual(seen, [0]);
});

test('an answer for which EC2 needs longer than nodes need to nudge again is waited for', async () => {
  let polls = 0;
  const answered = Promise.withResolvers<void>();
  const cloud = {
    async *watch({ signal }: WatchOptions): AsyncGenerator<Instance[], void> {
      polls += 1;
      const isGone = await sleep(2_500, false, { signal }).catch(() => true);
      if (isGone) return;
      yield [];
      await sleep(2 ** 30, undefined, { signal }).catch(() => undefined);
    },
  };
  let pollsBefore = 0;
  const onInstances = () => {
    pollsBefore ||= polls;
    answered.resolve();
  };
  await watching({ ...calmly, cloud, onInstances }, async (watch) => {
    const nudging = setInterval(() => watch.nudge(), 50);
    const tired = sleep(10_000, undefined, { ref: false });
    await Promise.race([answered.promise, tired]);
    clearInterval(nudging);
    assert.equal(pollsBefore, 1, `${polls} polls, and no answer to the first one was waited for`);
    // What was nudged meanwhile is looked at afterwards.
    while (polls < 2) await sleep(50);
  });
});
