import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { ExpiryWatch } from '../../source/fleet/expiry-watch.ts';

const now = Date.parse('2026-05-01T12:00:00Z');

const node = (name: string, expires: string | undefined, state: Instance['state'] = 'running') => ({
  instanceId: `i-${name}`,
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state,
  launchedAt: 0,
  lifecycle: 'spot' as const,
  tags: {
    'spot-tui:node': name,
    ...(expires === undefined ? {} : { 'spot-tui:expires': expires }),
  },
});

const startWatch = (regions: readonly string[] = ['us-west-2']) => {
  const said: string[] = [];
  const watch = new ExpiryWatch(regions, { say: (_, message) => void said.push(message) });
  return { said, watch };
};

test('ten minutes before its end a node is announced, once', () => {
  const { said, watch } = startWatch();
  const nodes = [node('us-west-2-1', '2026-05-01T12:10:30.000Z'), node('us-west-2-2', undefined)];
  watch.observe('us-west-2', nodes, now);
  assert.deepEqual(said, []);
  watch.observe('us-west-2', nodes, now + 60_000);
  watch.observe('us-west-2', nodes, now + 120_000);
  assert.deepEqual(said, ['us-west-2-1 expires in 10 minutes']);
});

test('a node that got more time is announced again when that is nearly over', () => {
  const { said, watch } = startWatch();
  watch.observe('us-west-2', [node('us-west-2-1', '2026-05-01T12:01:00.000Z')], now);
  watch.observe('us-west-2', [node('us-west-2-1', '2026-05-01T13:00:00.000Z')], now);
  watch.observe('us-west-2', [node('us-west-2-1', '2026-05-01T13:00:00.000Z')], now + 3_600_000);
  assert.deepEqual(said, ['us-west-2-1 expires in 1 minute', 'us-west-2-1 expires now']);
});

test('nodes that end anyway, and tags that say nothing, are no news', () => {
  const { said, watch } = startWatch();
  watch.observe(
    'us-west-2',
    [
      node('us-west-2-1', '2026-05-01T11:00:00.000Z', 'terminated'),
      node('us-west-2-2', 'soon'),
      node('us-west-2-3', '2020'),
    ],
    now,
  );
  assert.deepEqual(said, []);
});

test('nodes of several regions come together, in the order of their names', () => {
  const { said, watch } = startWatch(['us-west-2', 'eu-west-1', 'sa-east-1']);
  watch.observe(
    'us-west-2',
    [
      node('us-west-2-10', '2026-05-01T12:08:00.000Z'),
      node('us-west-2-2', '2026-05-01T12:08:00.000Z'),
    ],
    now,
  );
  watch.observe('eu-west-1', [node('eu-west-1-1', '2026-05-01T12:09:00.000Z')], now);
  assert.deepEqual(said, [], 'a region has not been looked at');
  watch.observe('sa-east-1', [], now);
  assert.deepEqual(said, [
    'eu-west-1-1, us-west-2-2, us-west-2-10 expire in 8 minutes or soon after',
  ]);
});

test('a region that doesn’t answer keeps nobody from hearing of the others', () => {
  const { said, watch } = startWatch(['us-west-2', 'eu-west-1']);
  const nodes = [node('us-west-2-1', '2026-05-01T12:08:00.000Z')];
  watch.observe('us-west-2', nodes, now);
  watch.observe('us-west-2', nodes, now);
  assert.deepEqual(said, ['us-west-2-1 expires in 8 minutes']);
});

test('of many nodes the first are named', () => {
  const { said, watch } = startWatch();
  watch.observe(
    'us-west-2',
    [1, 2, 3, 4, 5].map((each) => node(`us-west-2-${each}`, '2026-05-01T12:08:00.000Z')),
    now,
  );
  assert.deepEqual(said, ['us-west-2-1, us-west-2-2, us-west-2-3 and 2 more expire in 8 minutes']);
});
