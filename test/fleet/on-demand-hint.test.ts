import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalError } from '../../source/ec2/launch.ts';
import { onDemandHint } from '../../source/fleet/on-demand-hint.ts';

const hintOf = (...codes: readonly string[]): string => {
  const refusals = codes.map((code) => ({ code, message: 'no', lifecycle: 'spot' as const }));
  const errors = refusals.map((refusal) => refusalError({ region: 'us-west-2' }, refusal));
  return onDemandHint(errors.find(({ kind }) => kind === 'capacity') ?? errors[0], refusals);
};
const offer = /Or set "on_demand_fallback: true"/;

test('who finds no spot capacity hears of on demand', () => {
  assert.match(hintOf('InsufficientInstanceCapacity'), offer);
  assert.match(hintOf('InsufficientInstanceCapacity'), /"instance_types" for us-west-2/);
  assert.match(hintOf('MaxSpotInstanceCountExceeded'), offer);
  assert.match(hintOf('SpotMaxPriceTooLow', 'InsufficientInstanceCapacity'), offer);
  assert.match(hintOf(), offer);
});

test('but not where on demand would be refused as well', () => {
  for (const code of [
    'SpotMaxPriceTooLow',
    'InsufficientFreeAddressesInSubnet',
    'VcpuLimitExceeded',
    'UnauthorizedOperation',
  ]) {
    assert.doesNotMatch(hintOf(code), offer, code);
    assert.notEqual(hintOf(code), '');
  }
});
