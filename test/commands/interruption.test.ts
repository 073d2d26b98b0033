import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilAborted } from '../../source/commands/interruption.ts';

test('what was asked to leave before it began does not begin, and says why it ended', async () => {
  const leaving = new Error('SIGINT: what runs keeps running');
  let hasBegun = false;
  const work = (): Promise<never> => {
    hasBegun = true;
    return Promise.reject(new Error('begun, and heard by nobody'));
  };
  await assert.rejects(untilAborted(AbortSignal.abort(leaving), work), leaving);
  assert.equal(hasBegun, false);
});

test('what is asked to leave later ends with the reason at once, whatever its work comes to', async () => {
  const leaving = new AbortController();
  const work = Promise.withResolvers<never>();
  const ended = untilAborted(leaving.signal, () => work.promise);
  const reason = new Error('SIGTERM: what runs keeps running');
  leaving.abort(reason);
  await assert.rejects(ended, reason);
  work.reject(new Error('too late, and harmless'));
});

test('what nobody asks to leave ends as its work does', async () => {
  const { signal } = new AbortController();
  assert.equal(await untilAborted(signal, () => Promise.resolve('done')), 'done');
  await assert.rejects(
    untilAborted(signal, () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  );
});
