import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../source/config/issue.ts';
import { applyOverrides, type Overrides } from '../../source/config/overrides.ts';
import { loadText } from './temporary-config.ts';

const text = `
aws: {total_instances: 4, profile: work}
regions:
  - us-west-2
  - eu-west-1: {machine_type: t3.large}
`;

test('flags win over the file', async (t) => {
  const { config } = await loadText(t, text);
  const before = structuredClone(config);
  const changed = applyOverrides(config, { count: 9, region: 'eu-west-1', profile: 'other' });
  assert.equal(changed.totalInstances, 9);
  assert.equal(changed.profile, 'other');
  assert.deepEqual(changed.regions, [config.regions[1]]);
  assert.deepEqual(config, before);
});

test('what a node may cost is the same everywhere when a flag says it', async (t) => {
  const { config } = await loadText(t, 'regions: [us-west-2, eu-west-1: {spot_price_limit: 0.02}]');
  const changed = applyOverrides(config, { maxPrice: 0.05 });
  assert.deepEqual(
    changed.regions.map(({ spotPriceLimit }) => spotPriceLimit),
    [0.05, 0.05],
  );
});

test('without flags nothing changes', async (t) => {
  const { config } = await loadText(t, text);
  assert.deepEqual(applyOverrides(config, {}), config);
});

const refusals: readonly (readonly [Overrides, readonly string[]])[] = [
  [{ count: 0 }, ['--count: expected a whole number from 1 to 5000, got 0']],
  [{ count: 5001 }, ['--count: expected a whole number from 1 to 5000, got 5001']],
  [{ count: 1.5 }, ['--count: expected a whole number from 1 to 5000, got 1.5']],
  [{ count: Number.NaN }, ['--count: expected a whole number from 1 to 5000, got NaN']],
  [
    { region: 'mars-1' },
    ['--region: expected a region of the configuration (us-west-2, eu-west-1), got "mars-1"'],
  ],
  ...[0, 1000.5].map((maxPrice): readonly [Overrides, readonly string[]] => [
    { maxPrice },
    [
      `--max-price: expected a price in US dollars per hour above 0 and up to 1000 such as 0.05, got ${maxPrice}`,
    ],
  ]),
  [{ profile: ' ' }, ['--profile: expected the name of an AWS profile, got nothing']],
  [
    { count: -1, region: '', profile: '' },
    [
      '--count: expected a whole number from 1 to 5000, got -1',
      '--region: expected a region of the configuration (us-west-2, eu-west-1), got ""',
      '--profile: expected the name of an AWS profile, got nothing',
    ],
  ],
];

for (const [overrides, lines] of refusals) {
  test(`refuses ${JSON.stringify(overrides)}`, async (t) => {
    const { config } = await loadText(t, text);
    assert.throws(
      () => applyOverrides(config, overrides),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.deepEqual(error.message.split('\n'), lines);
        return true;
      },
    );
  });
}
