import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../source/config/config.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import { planFleet, planMore, spread } from '../../source/fleet/plan.ts';
import { NodeSelectionError, selectNodes } from '../../source/fleet/select-nodes.ts';
import { sampleConfig, sampleRegion } from '../config/sample-config.ts';

const configOf = (totalInstances: number, ...regions: string[]): Config =>
  sampleConfig({ totalInstances, regions: regions.map(sampleRegion) });

const instance = (
  instanceId: string,
  region: string,
  more: { node?: string; generation?: number; state?: Instance['state']; launchedAt?: number } = {},
): Instance => ({
  instanceId,
  region,
  zone: `${region}a`,
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: more.state ?? 'running',
  address: '192.0.2.1',
  launchedAt: more.launchedAt ?? 0,
  lifecycle: 'spot',
  tags: {
    ...(more.node === undefined ? {} : { 'spot-tui:node': more.node }),
    ...(more.generation === undefined ? {} : { 'spot-tui:generation': String(more.generation) }),
  },
});

test('instances are spread evenly, the remainder going to the first regions', () => {
  assert.deepEqual(spread(20, 3), [7, 7, 6]);
  assert.deepEqual(spread(2, 3), [1, 1, 0]);
  assert.deepEqual(spread(0, 2), [0, 0]);
});

test('a new fleet is launched region by region with names from 1', () => {
  const { launches, existing } = planFleet(configOf(3, 'us-west-2', 'eu-west-1'), []);
  assert.deepEqual(existing, []);
  assert.deepEqual(
    launches.map(({ region, nodes }) => [region, nodes.map(({ name }) => name)]),
    [
      ['us-west-2', ['us-west-2-1', 'us-west-2-2']],
      ['eu-west-1', ['eu-west-1-1']],
    ],
  );
});

test('what is there is not launched again', () => {
  const plan = planFleet(configOf(2, 'us-west-2'), [
    instance('i-1', 'us-west-2', { node: 'us-west-2-1' }),
    instance('i-2', 'us-west-2', { node: 'us-west-2-2', state: 'pending' }),
  ]);
  assert.deepEqual(plan.launches, []);
  assert.deepEqual(
    plan.existing.map(({ name, adopted }) => [name, adopted]),
    [
      ['us-west-2-1', false],
      ['us-west-2-2', false],
    ],
  );
});

test('a lost node is replaced in its slot', () => {
  const instances = [
    instance('i-1', 'us-west-2', { node: 'us-west-2-1', generation: 3, state: 'terminated' }),
    instance('i-2', 'us-west-2', { node: 'us-west-2-2', generation: 2 }),
  ];
  const { launches } = planFleet(configOf(2, 'us-west-2'), instances);
  assert.deepEqual(
    launches.map(({ nodes }) => nodes.map(({ name }) => name)),
    [['us-west-2-1']],
  );
});

test('a fleet is never shrunk, and what is too much elsewhere counts', () => {
  const plan = planFleet(configOf(2, 'us-west-2', 'eu-west-1'), [
    instance('i-1', 'us-west-2', { node: 'us-west-2-1' }),
    instance('i-2', 'us-west-2', { node: 'us-west-2-2' }),
    instance('i-3', 'us-west-2', { node: 'us-west-2-3' }),
  ]);
  assert.deepEqual(plan.launches, []);
  assert.equal(plan.existing.length, 3);
});

test('an instance without a name is adopted into the smallest free slot', () => {
  const { existing } = planFleet(configOf(3, 'us-west-2'), [
    instance('i-1', 'us-west-2', { node: 'us-west-2-2', launchedAt: 1 }),
    instance('i-2', 'us-west-2', { launchedAt: 2 }),
    instance('i-3', 'us-west-2', { node: 'us-west-2-2', launchedAt: 3 }),
  ]);
  assert.deepEqual(
    existing.map(({ name, instance: { instanceId }, adopted }) => [name, instanceId, adopted]),
    [
      ['us-west-2-1', 'i-2', true],
      ['us-west-2-2', 'i-1', false],
      ['us-west-2-3', 'i-3', true],
    ],
  );
});

test('a node is meant by name, instance id or address', () => {
  const { existing } = planFleet(configOf(2, 'us-west-2'), [
    instance('i-1', 'us-west-2', { node: 'us-west-2-1' }),
    { ...instance('i-2', 'us-west-2', { node: 'us-west-2-2' }), address: '192.0.2.2' },
  ]);
  const names = (...words: string[]) => selectNodes(existing, words).map(({ name }) => name);
  assert.deepEqual(names(), ['us-west-2-1', 'us-west-2-2']);
  assert.deepEqual(names('us-west-2-2'), ['us-west-2-2']);
  assert.deepEqual(names('i-1'), ['us-west-2-1']);
  assert.deepEqual(names('192.0.2.2', 'us-west-2-2'), ['us-west-2-2']);
  assert.throws(
    () => names('us-west-2-9', 'i-7'),
    (error) =>
      error instanceof NodeSelectionError &&
      error.message === 'no node is called us-west-2-9 or i-7' &&
      error.hint.includes('us-west-2-1, us-west-2-2'),
  );
});

test('more nodes go where there are fewest, under the smallest free names', () => {
  const taken = [
    { name: 'us-west-2-1', region: 'us-west-2' },
    { name: 'us-west-2-3', region: 'us-west-2' },
    { name: 'us-east-1-2', region: 'us-east-1' },
  ];
  const names = (count: number, regions: readonly string[]) =>
    planMore(count, regions, taken).map(({ name }) => name);
  assert.deepEqual(names(4, ['us-west-2', 'us-east-1']), [
    'us-east-1-1',
    'us-west-2-2',
    'us-east-1-3',
    'us-west-2-4',
  ]);
  assert.deepEqual(names(1, ['us-west-2']), ['us-west-2-2']);
  assert.deepEqual(names(1, []), []);
});
