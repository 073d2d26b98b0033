import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalError } from '../../source/ec2/launch.ts';
import { identityOf } from '../../source/ec2/launch-intent.ts';
import { fleetAnswer, templateSet } from './account.ts';
import { patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const request = { count: 5, userData: '{}' };

test('five nodes are one CreateFleet over every pool, and tagged by it', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { region: { spotPriceLimit: 0.05, tags: { team: 'fruit' } } },
  );
  const answer = await cloud.launch(request, patient());
  assert.deepEqual(
    answer.instances.map(({ instanceId }) => instanceId),
    ['i-0', 'i-1', 'i-2', 'i-3', 'i-4'],
  );
  assert.deepEqual(answer.refusals, []);
  assert.deepEqual(answer.instances[0], {
    instanceId: 'i-0',
    instanceType: 't3.medium',
    zone: 'us-west-2a',
    lifecycle: 'spot',
  });

  const [fleet, ...more] = endpoint.of('CreateFleet').map(({ form }) => form);
  assert.deepEqual(more, []);
  assert.ok(fleet);
  assert.equal(fleet.Type, 'instant');
  assert.equal(fleet['SpotOptions.AllocationStrategy'], 'price-capacity-optimized');
  assert.equal(fleet['TargetCapacitySpecification.TotalTargetCapacity'], '5');
  assert.equal(fleet['TargetCapacitySpecification.DefaultTargetCapacityType'], 'spot');
  const template = 'LaunchTemplateConfigs.1.LaunchTemplateSpecification';
  assert.equal(fleet[`${template}.LaunchTemplateId`], 'lt-ours');
  assert.equal(fleet[`${template}.Version`], '1');
  const override = (number: number, name: string) =>
    fleet[`LaunchTemplateConfigs.1.Overrides.${number}.${name}`];
  assert.deepEqual([override(1, 'SubnetId'), override(2, 'SubnetId')], ['subnet-a', 'subnet-b']);
  assert.equal(override(3, 'SubnetId'), undefined, 'zone c does not offer the type');
  assert.equal(override(1, 'InstanceType'), 't3.medium');
  assert.equal(override(1, 'MaxPrice'), '0.05');
  assert.match(fleet.ClientToken ?? '', /^[\x21-\x7e]{1,64}$/);

  const types = [1, 2].map((number) => fleet[`TagSpecification.${number}.ResourceType`]);
  assert.deepEqual(types, ['fleet', 'instance']);
  const tags = [1, 2, 3, 4, 5, 6].map(
    (number) =>
      `${fleet[`TagSpecification.2.Tag.${number}.Key`]}=${fleet[`TagSpecification.2.Tag.${number}.Value`]}`,
  );
  assert.deepEqual(tags, [
    'Name=spot-tui-orchard',
    'spot-tui:deployment=orchard',
    'spot-tui:generation=1',
    `spot-tui:launch=5 lt-ours ${identityOf(request, 5)}`,
    'spot-tui:version=0.1.0',
    'team=fruit',
  ]);
});

test('without a price limit none is sent, so the on-demand price is the limit', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.launch(request, patient());
  assert.doesNotMatch(JSON.stringify(endpoint.of('CreateFleet')[0]?.form), /MaxPrice/);
});

test('partial fulfilment is an answer that says once per pool why', async (context) => {
  const message =
    'We currently do not have sufficient t3.medium capacity in the Availability Zone you requested (us-west-2b).';
  const refused = { code: 'InsufficientInstanceCapacity', message, subnet: 'subnet-b' };
  const { cloud } = await startRegion(context, {
    CreateFleet: fleetAnswer(
      [{ ids: ['i-1', 'i-2'] }, { ids: ['i-3'], subnet: 'subnet-b' }],
      [refused, refused],
    ),
  });
  const answer = await cloud.launch(request, patient());
  assert.deepEqual(
    answer.instances.map(({ instanceId, zone }) => [instanceId, zone]),
    [
      ['i-1', 'us-west-2a'],
      ['i-2', 'us-west-2a'],
      ['i-3', 'us-west-2b'],
    ],
  );
  assert.deepEqual(answer.refusals, [
    {
      code: 'InsufficientInstanceCapacity',
      message,
      instanceType: 't3.medium',
      zone: 'us-west-2b',
      lifecycle: 'spot',
    },
  ]);
});

test('no capacity at all is an answer too', async (context) => {
  const { cloud } = await startRegion(context, {
    CreateFleet: fleetAnswer(
      [],
      [{ code: 'InsufficientInstanceCapacity', message: 'We currently do not have sufficient …' }],
    ),
  });
  const answer = await cloud.launch(request, patient());
  assert.deepEqual(answer.instances, []);
  assert.equal(answer.refusals[0]?.code, 'InsufficientInstanceCapacity');
});

for (const [code, message] of [
  ['MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded'],
  [
    'VcpuLimitExceeded',
    'You have requested more vCPU capacity than your current vCPU limit of 32 allows',
  ],
] as const) {
  test(`${code} is an answer, whether of a pool or of the whole request`, async (context) => {
    const { cloud, endpoint } = await startRegion(context, {
      CreateFleet: fleetAnswer([], [{ code, message, zone: 'us-west-2a' }]),
    });
    const ofPool = await cloud.launch(request, patient());
    assert.deepEqual(
      ofPool.refusals.map((refusal) => refusalError({ region: 'us-west-2' }, refusal).message),
      [`us-west-2: can't launch t3.medium in us-west-2a: ${message} (${code})`],
    );
    endpoint.on('CreateFleet', { code, message });
    const ofAll = await cloud.launch(request, patient());
    const [error] = ofAll.refusals.map((refusal) => refusalError({ region: 'us-west-2' }, refusal));
    assert.equal(error?.message, `us-west-2: can't launch instances: ${message} (${code})`);
    assert.equal(error?.exitStatus, 3);
    assert.match(error?.hint ?? '', /Service Quotas/);
  });
}

for (const [code, message, hint] of [
  [
    'UnauthorizedOperation',
    'You are not authorized to perform this operation.',
    /ec2:RunInstances/,
  ],
  [
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
    /aws iam create-service-linked-role --aws-service-name spot\.amazonaws\.com/,
  ],
] as const) {
  test(`a launch of which nothing came because of ${code} fails`, async (context) => {
    const { cloud } = await startRegion(context, {
      CreateFleet: fleetAnswer([], [{ code, message, zone: 'us-west-2a' }]),
    });
    const error = await rejection(cloud.launch(request, patient()));
    assert.equal(error.exitStatus, 3);
    assert.equal(
      error.message,
      `us-west-2: can't launch t3.medium in us-west-2a: ${message} (${code})`,
    );
    assert.match(error.hint, hint);
  });
}

test('the same launch after a crash has the same client token', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {
      CreateFleet: { raw: (response) => response.destroy() },
    },
    { options: { maximumAttempts: 1 } },
  );
  const error = await rejection(cloud.launch(request, patient()));
  assert.equal(error.kind, 'network');
  const found = { id: 'lt-ours', name: 'spot-tui-orchard' };
  const again = await startRegion(context, { DescribeLaunchTemplates: templateSet([found]) });
  const made = endpoint.of('CreateLaunchTemplate')[0]?.form.VersionDescription;
  again.endpoint.on(
    'DescribeLaunchTemplateVersions',
    '<launchTemplateVersionSet><item><versionNumber>1</versionNumber>' +
      `<versionDescription>${made}</versionDescription></item></launchTemplateVersionSet>`,
  );
  // Another machine may have another key, but this is the same one.
  again.endpoint.on('DescribeKeyPairs', '<keySet/>');
  await again.cloud.launch(request, patient());
  assert.equal(tokens(again.endpoint)[0], tokens(endpoint)[0]);
});

test('the SDK’s own retry of a launch has the same client token', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('CreateFleet', (_, nth) =>
    nth === 0 ? { raw: (response) => response.destroy() } : fleetAnswer([{ ids: ['i-1'] }]),
  );
  await cloud.launch({ ...request, count: 1 }, patient());
  const [first, second] = tokens(endpoint);
  assert.equal(second, first);
});

test('what was answered is not asked for again, nor what was refused', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    CreateFleet: fleetAnswer([], [{ code: 'VcpuLimitExceeded', message: 'no' }]),
  });
  await cloud.launch(request, patient());
  await cloud.launch(request, patient());
  const [first, second] = tokens(endpoint);
  assert.notEqual(second, first);
});

test('launches at the same time don’t share a client token', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await Promise.all([
    cloud.launch({ ...request, count: 1 }, patient()),
    cloud.launch({ ...request, count: 1 }, patient()),
  ]);
  assert.equal(new Set(tokens(endpoint)).size, 2);
  assert.equal(endpoint.of('CreateLaunchTemplate').length, 1);
});

test('a launch template that CreateFleet does not see yet is waited for', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('CreateFleet', (_, nth) => {
    const message = 'The specified launch template, with template ID lt-ours, does not exist.';
    if (nth === 0) return { code: 'InvalidLaunchTemplateId.NotFound', message };
    if (nth === 1) return fleetAnswer([], [{ code: 'InvalidLaunchTemplateId.NotFound', message }]);
    return fleetAnswer([{ ids: ['i-1'] }]);
  });
  const answer = await cloud.launch({ ...request, count: 1 }, patient());
  assert.equal(answer.instances.length, 1);
  const [first, second, third] = tokens(endpoint);
  assert.equal(second, first, 'the first one was not taken');
  assert.notEqual(third, second, 'the second one is answered for good');
});

test('more than one call’s worth is asked for in several launches', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  const first = await cloud.launch({ ...request, count: 700 }, patient());
  assert.equal(first.instances.length, 500);
  assert.equal(first.isFull, true);
  await cloud.concludeLaunch(first, patient());
  const second = await cloud.launch({ ...request, count: 200 }, patient());
  assert.equal(second.generation, first.generation + 1);
  assert.equal(new Set(tokens(endpoint)).size, 2);
});

test('a conclusion that can’t be noted loses nothing', async (context) => {
  const troubles: string[] = [];
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { options: { onTrouble: ({ message }) => troubles.push(message) } },
  );
  const answer = await cloud.launch(request, patient());
  endpoint.on('CreateTags', { code: 'UnauthorizedOperation', message: 'You are not authorized …' });
  await cloud.concludeLaunch(answer, patient());
  assert.match(troubles.join(), /can't note the launch on lt-ours/);
});

test('a launch that can’t be noted beforehand is not sent', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    CreateTags: { code: 'UnauthorizedOperation', message: 'You are not authorized …' },
  });
  const error = await rejection(cloud.launch(request, patient()));
  assert.match(error.message, /can't note the launch on lt-ours/);
  assert.equal(endpoint.of('CreateFleet').length, 0);
});

const tokens = (endpoint: {
  of(action: string): { form: Readonly<Record<string, string>> }[];
}): (string | undefined)[] => endpoint.of('CreateFleet').map(({ form }) => form.ClientToken);
