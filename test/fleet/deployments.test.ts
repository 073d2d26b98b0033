import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import {
  expiredInstances,
  isExpired,
  overviewsOf,
  partsOf,
  type RegionContent,
} from '../../source/fleet/deployments.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const past = '2026-05-01T11:00:00.000Z';
const future = '2026-05-01T13:00:00.000Z';

const instance = (
  id: string,
  { expires, ...more }: Partial<Instance> & { expires?: string } = {},
): Instance => ({
  instanceId: id,
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: 'running',
  launchedAt: now - 60_000,
  lifecycle: 'spot',
  ...more,
  tags: {
    'spot-tui:deployment': 'orchard',
    ...(expires === undefined ? {} : { 'spot-tui:expires': expires }),
    ...more.tags,
  },
});

const template = (expires?: string) => ({
  name: 'launch template spot-tui-orchard (us-west-2)',
  deployment: 'orchard',
  ...(expires === undefined ? {} : { expiresAt: Date.parse(expires) }),
});

const onlyPart = (content: Omit<RegionContent, 'region'>) => {
  const [part, ...others] = partsOf([{ region: 'us-west-2', ...content }]);
  assert.ok(part);
  assert.deepEqual(others, []);
  return part;
};

const judge = (instances: readonly Instance[], resources: RegionContent['resources']) => {
  const part = onlyPart({ instances, resources });
  return {
    ends: expiredInstances(part, now).map(({ instanceId }) => instanceId),
    whole: isExpired(part, now),
  };
};

test('a node ends when its own time is over, whatever the deployment’s is', () => {
  const instances = [instance('i-1', { expires: past }), instance('i-2', { expires: future })];
  assert.deepEqual(judge(instances, [template(past)]), { ends: ['i-1'], whole: false });
});

test('a node without a time has the deployment’s', () => {
  assert.deepEqual(judge([instance('i-1')], [template(past)]), { ends: ['i-1'], whole: true });
  assert.deepEqual(judge([instance('i-1')], [template(future)]), { ends: [], whole: false });
});

test('what nothing is said of stays', () => {
  assert.deepEqual(judge([instance('i-1')], [template()]), { ends: [], whole: false });
  assert.deepEqual(judge([instance('i-1', { expires: 'yesterday' })], [template()]), {
    ends: [],
    whole: false,
  });
  assert.deepEqual(judge([], [template()]), { ends: [], whole: false });
});

test('a deployment that somebody is about to launch again is not cleaned up', () => {
  const gone = instance('i-1', { expires: past, state: 'terminated' });
  assert.deepEqual(judge([gone], [template(future)]), { ends: [], whole: false });
});

test('what a clean-up left is known by the nodes that are gone', () => {
  const gone = instance('i-1', { expires: past, state: 'terminated' });
  const group = { name: 'security group spot-tui-orchard (us-west-2)', deployment: 'orchard' };
  assert.deepEqual(judge([gone], [group]), { ends: [], whole: true });
});

test('instances of nobody are nobody’s', () => {
  const stranger = { ...instance('i-1', { expires: past }), tags: { 'spot-tui:expires': past } };
  assert.deepEqual(partsOf([{ region: 'us-west-2', instances: [stranger], resources: [] }]), []);
});

test('deployments are added up over regions, and an unknown price makes theirs unknown', () => {
  const parts = partsOf([
    {
      region: 'us-west-2',
      instances: [
        instance('i-1', { expires: past }),
        instance('i-2', { expires: future, state: 'stopped', launchedAt: now - 3_600_000 }),
        instance('i-3', { state: 'terminated' }),
        instance('i-4', { tags: { 'spot-tui:deployment': 'meadow' }, instanceType: 'c9.huge' }),
      ],
      resources: [template()],
    },
    {
      region: 'eu-west-1',
      instances: [
        instance('i-5', { region: 'eu-west-1', expires: past, instanceType: 'm5.large' }),
      ],
      resources: [],
    },
  ]);
  const prices = new Map([
    ['t3.medium', 0.01],
    ['m5.large', 0.02],
  ]);
  assert.deepEqual(
    overviewsOf(parts, ({ instanceType }) => prices.get(instanceType)),
    [
      {
        deployment: 'meadow',
        states: new Map([['running', 1]]),
        regions: ['us-west-2'],
        instanceTypes: ['c9.huge'],
        oldestLaunchAt: now - 60_000,
        expiresAt: undefined,
        pricePerHour: undefined,
        resources: 0,
      },
      {
        deployment: 'orchard',
        states: new Map([
          ['running', 2],
          ['stopped', 1],
        ]),
        regions: ['us-west-2', 'eu-west-1'],
        instanceTypes: ['m5.large', 't3.medium'],
        oldestLaunchAt: now - 3_600_000,
        expiresAt: Date.parse(future),
        pricePerHour: 0.03,
        resources: 1,
      },
    ],
  );
});
