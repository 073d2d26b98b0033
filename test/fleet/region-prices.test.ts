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
  const askedOnDemand: (readonly string[] | undefined)[] = [];
  const errors: unknown[] = [];
  let calls = 0;
  const prices = new RegionPrices({
    cloud: {
      spotPrices: async (_signal, types) => {
        asked.push(types);
        return answer();
      },
      onDemandPrices: async (_signal, types) => {
        askedOnDemand.push(types);
        return new Map([['t3.medium', 0.0416]]);
      },
    },
    onPrices: () => {
      calls += 1;
    },
    onError: (error) => errors.push(error),
  });
  return { prices, asked, askedOnDemand, errors, calls: () => calls };
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

test('nothing is asked for a region where nothing costs anything', async () => {
  const { asked, askedOnDemand, prices } = priced(() => [small]);
  await prices.update([instance({ state: 'terminated' })], 0, never);
  assert.deepEqual([asked, askedOnDemand], [[], []]);
});

test('what runs on demand costs what its type costs on demand, and spot prices are not asked for it', async () => {
  const { asked, askedOnDemand, prices } = priced(() => [small]);
  const onDemand = instance({ lifecycle: 'on-demand' });
  await prices.update([onDemand], 0, never);
  assert.deepEqual([asked, askedOnDemand], [[], [['t3.medium']]]);
  assert.equal(prices.of(onDemand), 0.0416);
  assert.equal(prices.of(instance()), undefined);
  await prices.update([onDemand, instance()], 1, never);
  assert.deepEqual([asked.length, askedOnDemand.length], [1, 1]);
  assert.deepEqual([prices.of(onDemand), prices.of(instance())], [0.0416, 0.0125]);
});

test('a type that comes later is asked for at once: what EC2 launches in place of a node is of another', async () => {
  const large = { instanceType: 'm5.large', zone: 'us-west-2a', price: 0.035 };
  const { asked, prices } = priced(() => [small, large]);
  const successor = instance({ instanceId: 'i-2', instanceType: 'm5.large' });
  await prices.update([instance()], 0, never);
  await prices.update([instance(), successor], 10_000, never);
  await prices.update([successor], 20_000, never);
  assert.deepEqual(asked, [['t3.medium'], ['t3.medium', 'm5.large']]);
  assert.equal(prices.of(successor), 0.035);
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
