import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { type KnownNode, Strangers } from '../../source/fleet/strangers.ts';

const instance = (
  instanceId: string,
  node?: string,
  state: Instance['state'] = 'running',
): Instance => ({
  instanceId,
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state,
  launchedAt: 0,
  lifecycle: 'spot',
  tags: node === undefined ? {} : { 'spot-tui:node': node },
});

const here = (index: number, more: Partial<KnownNode> = {}): KnownNode => ({
  name: `us-west-2-${index}`,
  instanceId: `i-${index}`,
  isThere: true,
  ...more,
});

const minute = 60_000;

const adoptable = (
  strangers: Strangers,
  now: number,
  instances: readonly Instance[],
  nodes: readonly KnownNode[] = [here(1)],
) =>
  strangers
    .adoptable('us-west-2', instances, nodes, now)
    .map(({ name, instance: { instanceId }, adopted }) => [name, instanceId, adopted]);

test('a node that somebody else launched is adopted at once under its name', () => {
  const all = [instance('i-1', 'us-west-2-1'), instance('i-7', 'us-west-2-7')];
  assert.deepEqual(adoptable(new Strangers(), 0, all), [['us-west-2-7', 'i-7', false]]);
});

test('one without a name is left to who launched it, then gets the smallest free one', () => {
  const strangers = new Strangers();
  const all = [instance('i-1', 'us-west-2-1'), instance('i-8'), instance('i-3', 'us-west-2-3')];
  assert.deepEqual(adoptable(strangers, 0, all), [['us-west-2-3', 'i-3', false]]);
  const nodes = [here(1), here(3)];
  assert.deepEqual(adoptable(strangers, minute / 4, all, nodes), []);
  assert.deepEqual(adoptable(strangers, minute, all, nodes), [['us-west-2-2', 'i-8', true]]);
});

test('a name counts once its node has lost its machine, or never got one', () => {
  const all = [instance('i-9', 'us-west-2-1')];
  assert.deepEqual(adoptable(new Strangers(), 0, all, [here(1, { isThere: false })]), [
    ['us-west-2-1', 'i-9', false],
  ]);
});

test('a name that a living node has is nobody else’s', () => {
  const strangers = new Strangers();
  const all = [instance('i-1', 'us-west-2-1'), instance('i-9', 'us-west-2-1')];
  assert.deepEqual(adoptable(strangers, 0, all), []);
  assert.deepEqual(adoptable(strangers, minute, all), [['us-west-2-2', 'i-9', true]]);
});

test('machines that are gone, and names of other regions, are passed over', () => {
  const strangers = new Strangers();
  const all = [instance('i-2', 'us-west-2-2', 'terminated'), instance('i-4', 'eu-west-1-4')];
  assert.deepEqual(adoptable(strangers, 0, all, []), []);
});
