import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance, WatchOptions } from '../../source/ec2/cloud.ts';
import { RegionWatch } from '../../source/fleet/watch-region.ts';

/** A region that answers each poll at once, or as the list of answers says. */
const region = (answers: (() => Instance[])[] = []) => {
  const intervals: number[] = [];
  return {
    intervals,
    cloud: {
      async *watch({ interval, signal }: WatchOptions): AsyncGenerator<Instance[], void> {
        while (!signal.aborted) {
          intervals.push(interval);
          yield (answers.shift() ?? (() => []))();
          await sleep(interval, undefined, { signal }).catch(() => undefined);
        }
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
  await use(watch);
  ending.abort();
  await over;
};

const calmly = { isChanging: () => false, onInstances: () => undefined, onError: () => undefined };

test('a nudge brings the next poll forward, and many nudges bring no more than one a second', async () => {
  const { cloud, intervals } = region();
  await watching({ ...calmly, cloud }, async (watch) => {
    for (let times = 0; times < 30; times++) {
      watch.nudge();
      await sleep(50);
    }
  });
  assert.ok(intervals.length >= 2 && intervals.length <= 3, `${intervals.length} polls`);
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
  await watching(
    {
      ...calmly,
      cloud,
      onError: (error) => errors.push(error),
      onInstances: (instances) => seen.push(instances.length),
    },
    async (watch) => {
      await sleep(50);
      assert.equal(errors.length, 1);
      assert.equal(intervals.length, 1);
      watch.nudge();
      await sleep(1200);
    },
  );
  assert.equal(errors.length, 1);
  assert.deepEqual(seen, [0]);
});
