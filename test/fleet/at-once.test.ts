import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAccount } from './launcher.ts';

/** Milliseconds in which EC2 does not list what was launched: longer than any launch here takes. */
const hidden = [400, 900] as const;

test('two that create the same fleet at once make one', async (context) => {
  const account = await startAccount(context, hidden);
  const [one, other] = [account.open(), account.open()];
  await Promise.all([one.create(4), other.create(4)]);
  assert.equal(account.launched().length, 4);
  assert.deepEqual([one.found.length, other.found.length], [4, 4]);
});

test('two that create fleets of two sizes at once make the larger one', async (context) => {
  const account = await startAccount(context, hidden);
  const [small, large] = [account.open(), account.open()];
  await Promise.all([small.create(2), large.create(5)]);
  assert.equal(account.launched().length, 5);
  assert.deepEqual([small.found.length, large.found.length], [2, 5]);
  const names = [1, 2, 3, 4, 5].map((index) => `us-west-2-${index}`);
  assert.deepEqual(await small.names(), names);
});

test('a third that begins when the first two have ended launches nothing', async (context) => {
  const account = await startAccount(context, [2_000, 4_000]);
  const [one, other, third] = [account.open(), account.open(), account.open()];
  await Promise.all([one.create(3), other.create(3)]);
  await third.create(3);
  assert.equal(account.launched().length, 3);
});

test('two that replace two nodes at once replace each once', async (context) => {
  const account = await startAccount(context, hidden);
  const [first, one, other] = [account.open(), account.open(), account.open()];
  await first.create(3);
  await first.names();
  await one.create(3);
  await other.create(3);
  await Promise.all([one.replace('us-west-2-1'), other.replace('us-west-2-2')]);
  assert.equal(account.launched().length, 5);
  assert.equal(account.running().length, 3);
  assert.deepEqual(await first.names(), ['us-west-2-1', 'us-west-2-2', 'us-west-2-3']);
});

test('two that replace the same node at once replace it once', async (context) => {
  const account = await startAccount(context, hidden);
  const [first, one, other] = [account.open(), account.open(), account.open()];
  await first.create(2);
  await first.names();
  await one.create(2);
  await other.create(2);
  await Promise.all([one.replace('us-west-2-1'), other.replace('us-west-2-1')]);
  assert.equal(account.running().length, 2);
  assert.deepEqual(await first.names(), ['us-west-2-1', 'us-west-2-2']);
});

test('one that replaces a node and one that creates the fleet at once make the fleet', async (context) => {
  const account = await startAccount(context, hidden);
  const [first, one, other] = [account.open(), account.open(), account.open()];
  await first.create(2);
  await first.names();
  await one.create(2);
  await Promise.all([one.replace('us-west-2-1'), other.create(2)]);
  await other.names();
  await account.open().create(2);
  assert.equal(account.running().length, 2);
});

test('two that want one more each at once get two', async (context) => {
  const account = await startAccount(context, hidden);
  const [one, other] = [account.open(), account.open()];
  await Promise.all([one.more(1, 'one'), other.more(1, 'other')]);
  assert.equal(account.launched().length, 2);
});
