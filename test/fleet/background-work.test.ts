import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackgroundWork } from '../../source/fleet/background-work.ts';

test('closing ends what can be ended and waits for what has to be finished', async () => {
  const errors: unknown[] = [];
  const done: string[] = [];
  const work = new BackgroundWork({ onError: (error) => errors.push(error) });
  work.start(async (signal) => {
    await sleep(60_000, undefined, { signal });
    done.push('ended');
  });
  work.startToFinish(async () => {
    await sleep(50);
    done.push('finished');
  });
  await work.close();
  assert.deepEqual(done, ['finished']);
  assert.deepEqual(errors, [], 'being ended is no error');
});

test('what has to be finished is not waited for without end', async () => {
  const work = new BackgroundWork({ onError: () => undefined, farewell: 20 });
  work.startToFinish((signal) => sleep(60_000, undefined, { signal }));
  const begin = performance.now();
  await work.close();
  assert.ok(performance.now() - begin < 10_000);
});

test('what goes wrong is heard of, and ends nothing else', async () => {
  const errors: unknown[] = [];
  const work = new BackgroundWork({ onError: (error) => errors.push(error) });
  work.start(() => Promise.reject(new Error('no')));
  await sleep(5);
  assert.match(String(errors[0]), /no/);
  assert.equal(work.signal.aborted, false);
  await work.close();
});
