import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Latch } from '../../source/fleet/latch.ts';

const never = new AbortController().signal;

test('all who wait hear of it, and so does who comes later', async () => {
  const latch = new Latch<string>();
  const waiting = [latch.wait(never), latch.wait(never)];
  latch.resolve('here');
  latch.resolve('again');
  latch.reject(new Error('too late'));
  assert.deepEqual(await Promise.all([...waiting, latch.wait(never)]), ['here', 'here', 'here']);
});

test('what will never come is told now and later, and nobody has to be waiting', async () => {
  const latch = new Latch();
  latch.reject(new Error('refused'));
  await new Promise(setImmediate);
  await assert.rejects(latch.wait(never), /refused/);
});

test('whoever is disappointed may wait again', async () => {
  const latch = new Latch<number>();
  const waiting = assert.rejects(latch.wait(never), /not authorized/);
  latch.disappoint(new Error('not authorized'));
  await waiting;
  const again = latch.wait(never);
  latch.resolve(7);
  assert.equal(await again, 7);
});

test('whoever gives up hears the reason', async () => {
  const controller = new AbortController();
  const waiting = assert.rejects(new Latch().wait(controller.signal), /enough/);
  controller.abort(new Error('enough'));
  await waiting;
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
  await assert.rejects(new Latch().wait(controller.signal), /enough/);
});

test('nothing is left of those who gave up', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const latch = new Latch();
  const giveUpOften = async (): Promise<number> => {
    for (let each = 0; each < 20_000; each += 1) {
      const controller = new AbortController();
      const waiting = latch.wait(controller.signal);
      controller.abort('enough');
      await waiting.catch(() => undefined);
    }
    await new Promise(setImmediate);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await giveUpOften();
  const grown = (await giveUpOften()) - before;
  // Less than fifty bytes for each: a promise alone takes more.
  assert.ok(grown < 1_000_000, `${grown} bytes`);
  latch.resolve();
});
