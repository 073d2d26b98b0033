import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance, SpotPrice } from '../../source/ec2/cloud.ts';
import { RegionPrices } from '../../source/fleet/region-prices.ts';

const never = new AbortController().signal;
const hour = 3_600_000;

const instance = (more: Partial<Instance> = {}): Instance => ({
  instanceId: 'i-1',
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: 'running',
  launchedAt: 0,
  lifecycle: 'spot',
  tags: {},
  ...more,
});

const priced = (answer: () => SpotPrice[]) => {
  const asked: (readonly string[] | undefined)[] = [];
  const errors: unknown[] = [];
  let calls = 0;
  const prices = new RegionPrices({
    cloud: {
      spotPrices: async (_signal, types) => {
        asked.push(types);
        return answer();
      },
    },
    onPrices: () => {
      calls += 1;
    },
    onError: (error) => errors.push(error),
  });
  return { prices, asked, errors, calls: () => calls };
};

const small = { instanceType: 't3.medium', zone: 'us-west-2a', price: 0.0125 };

test('the pools of a thousand nodes are one question, once an hour', async () => {
  const { asked, calls, prices } = priced(() => [small]);
  const fleet = Array.from({ length: 1000 }, (_, index) => instance({ instanceId: `i-${index}` }));
  for (const now of [0, 10_000, hour - 1]) await prices.update(fleet, now, never);
  assert.deepEqual(asked, [['t3.medium']]);
  assert.equal(calls(), 1);
  assert.equal(prices.of(instance()), 0.0125);
  await prices.update(fleet, hour, never);
  assert.equal(asked.length, 2);
});

test('nothing is asked for a region without spot instances, nor told of what costs otherwise', async () => {
  const { asked, prices } = priced(() => [small]);
  const others = [instance({ lifecycle: 'on-demand' }), instance({ state: 'terminated' })];
  await prices.update(others, 0, never);
  assert.deepEqual(asked, []);
  await prices.update([...others, instance()], 0, never);
  assert.equal(prices.of(instance({ lifecycle: 'on-demand' })), undefined);
});

test('a pool that is not known is asked for again, but not at every poll', async () => {
  const { asked, prices } = priced(() => [small]);
  const elsewhere = instance({ zone: 'us-west-2d', instanceType: 'm5.large' });
  for (const now of [0, 10_000, hour / 2]) {
    await prices.update([instance(), elsewhere], now, never);
  }
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[1], ['t3.medium', 'm5.large']);
  assert.equal(prices.of(elsewhere), undefined);
});

test('a refusal is told, and no reason to ask again at once', async () => {
  const { asked, errors, prices } = priced(() => {
    throw new Error('not authorized');
  });
  for (const now of [0, 10_000, 20_000]) await prices.update([instance()], now, never);
  assert.equal(asked.length, 1);
  assert.equal(errors.length, 1);
});
