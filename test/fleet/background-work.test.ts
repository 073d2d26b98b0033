import assert from 'node:assert/strict';
import { once } from 'node:events';
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
  let wasAborted = false;
  work.startToFinish(async (signal) => {
    // Never by itself; the timer keeps the process until the signal comes.
    const waiting = setInterval(() => undefined, 60_000);
    await once(signal, 'abort');
    clearInterval(waiting);
    wasAborted = true;
  });
  await work.close();
  assert.ok(wasAborted);
});

test('what goes wrong is heard of, and ends nothing else', async () => {
  const heard = Promise.withResolvers<unknown>();
  const work = new BackgroundWork({ onError: heard.resolve });
  work.start(() => Promise.reject(new Error('no')));
  assert.match(String(await heard.promise), /no/);
  assert.equal(work.signal.aborted, false);
  await work.close();
});
