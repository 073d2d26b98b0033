import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { type Instance, type OpenLaunch, tagNames } from '../../source/ec2/cloud.ts';
import { settledPlan } from '../../source/fleet/settled-plan.ts';

const never = new AbortController().signal;

const instance = (region: string, index: number): Instance => ({
  instanceId: `i-${region}-${index}`,
  region,
  zone: `${region}a`,
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: 'running',
  launchedAt: 0,
  lifecycle: 'spot',
  tags: { [tagNames.node]: `${region}-${index}`, [tagNames.generation]: String(index) },
});

/** A region that lists the rest of an open launch only once it is waited for. */
const region = (name: string, listed: number, open?: OpenLaunch) => {
  const instances = Array.from({ length: listed }, (_, index) => instance(name, index + 1));
  const waits: boolean[] = [];
  return {
    waits,
    region: name,
    describe: () => Promise.resolve([...instances]),
    openLaunch: () => Promise.resolve(open),
    settle: (_signal: AbortSignal, { awaitOpen = false } = {}) => {
      waits.push(awaitOpen);
      for (let index = instances.length; index < listed + (open?.count ?? 0); index += 1) {
        instances.push(instance(name, index + 1));
      }
      return Promise.resolve([...instances]);
    },
  };
};

const config = (placement: 'anywhere' | 'spread' = 'anywhere') => {
  const built = builtInConfig({ templatesFolder: '/t', privateKeyPath: '/k', publicKeyPath: '/p' });
  const regions = built.regions.filter((each) => /us-/.test(each.region));
  return { ...built, regions, placement, totalInstances: 6 };
};

const open = (count: number): OpenLaunch => ({ generation: 9, count, since: 0 });

const planned = async (
  regions: readonly ReturnType<typeof region>[],
  placement?: 'anywhere' | 'spread',
) => (await settledPlan(config(placement), regions, never)).launches;

test('a launch that stands in for another region is waited for, and not repeated there', async () => {
  const east = region('us-east-1', 3, open(2));
  assert.deepEqual(await planned([region('us-west-2', 1), east]), []);
  assert.deepEqual(east.waits, [true]);
});

test('a launch that is planned anyway is not waited for: whoever launches there asks for it again', async () => {
  const west = region('us-west-2', 1, open(2));
  const launches = await planned([west, region('us-east-1', 3)]);
  assert.deepEqual(
    launches.flatMap(({ nodes }) => nodes.map(({ name }) => name)),
    ['us-west-2-2', 'us-west-2-3'],
  );
  assert.deepEqual(west.waits, []);
});

test('where each region is for itself, no other one is waited for', async () => {
  const east = region('us-east-1', 3, open(2));
  assert.equal((await planned([region('us-west-2', 1), east], 'spread')).length, 1);
  assert.deepEqual(east.waits, []);
});
