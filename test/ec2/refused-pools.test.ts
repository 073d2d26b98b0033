import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolsToAsk } from '../../source/ec2/pools-to-ask.ts';
import { RefusedPools } from '../../source/ec2/refused-pools.ts';

const pool = (zone: string) => ({ instanceType: 't3.medium', zone, subnetId: `subnet-${zone}` });
const pools = [pool('a'), pool('b'), pool('c')];
const zonesOf = (asked: readonly { readonly zone: string }[]): string =>
  asked.map(({ zone }) => zone).join('');

test('a pool that refused is left out for three minutes, of its lifecycle only', () => {
  let now = 0;
  const refused = new RefusedPools(() => now);
  refused.add('spot', pool('a'));
  const ask = (lifecycle: 'spot' | 'on-demand') =>
    zonesOf(poolsToAsk(pools, { lifecycle, avoid: [], refused }));
  now = 179_999;
  assert.deepEqual([ask('spot'), ask('on-demand')], ['bc', 'abc']);
  now = 180_000;
  assert.equal(ask('spot'), 'abc');
});

test('a pool to avoid is asked only where no other is left, and all where all refused', () => {
  const refused = new RefusedPools(() => 0);
  const ask = (...avoid: string[]) =>
    zonesOf(poolsToAsk(pools, { lifecycle: 'spot', avoid: avoid.map(pool), refused }));
  assert.equal(ask('a'), 'bc');
  refused.add('spot', pool('b'));
  assert.equal(ask('a'), 'c');
  refused.add('spot', pool('c'));
  assert.equal(ask('a'), 'a');
  refused.add('spot', pool('a'));
  assert.equal(ask('a'), 'abc');
});
