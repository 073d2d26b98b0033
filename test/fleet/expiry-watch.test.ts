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

const startWatch = () => {
  const said: string[] = [];
  const watch = new ExpiryWatch('us-west-2', { say: (_, message) => void said.push(message) });
  return { said, watch };
};

test('ten minutes before its end a node is announced, once', () => {
  const { said, watch } = startWatch();
  const nodes = [node('us-west-2-1', '2026-05-01T12:10:30.000Z'), node('us-west-2-2', undefined)];
  watch.observe(nodes, now);
  assert.deepEqual(said, []);
  watch.observe(nodes, now + 60_000);
  watch.observe(nodes, now + 120_000);
  assert.deepEqual(said, ['us-west-2-1 expires in 10 minutes']);
});

test('a node that got more time is announced again when that is nearly over', () => {
  const { said, watch } = startWatch();
  watch.observe([node('us-west-2-1', '2026-05-01T12:01:00.000Z')], now);
  watch.observe([node('us-west-2-1', '2026-05-01T13:00:00.000Z')], now);
  watch.observe([node('us-west-2-1', '2026-05-01T13:00:00.000Z')], now + 3_600_000);
  assert.deepEqual(said, ['us-west-2-1 expires in 1 minute', 'us-west-2-1 expires now']);
});

test('nodes that end anyway, and tags that say nothing, are no news', () => {
  const { said, watch } = startWatch();
  watch.observe(
    [
      node('us-west-2-1', '2026-05-01T11:00:00.000Z', 'terminated'),
      node('us-west-2-2', 'soon'),
      node('us-west-2-3', '2020'),
    ],
    now,
  );
  assert.deepEqual(said, []);
});
