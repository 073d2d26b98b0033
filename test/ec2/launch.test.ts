import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetAnswer, ours, templateSet } from './account.ts';
import { patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const request = { count: 5, generation: 1, userData: '{}' };

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
  const tags = [1, 2, 3, 4, 5].map(
    (number) =>
      `${fleet[`TagSpecification.2.Tag.${number}.Key`]}=${fleet[`TagSpecification.2.Tag.${number}.Value`]}`,
  );
  assert.deepEqual(tags, [
    'Name=spot-tui-orchard',
    'spot-tui:deployment=orchard',
    'spot-tui:generation=1',
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

for (const [code, message, exitStatus, hint] of [
  ['MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded', 3, /Service Quotas/],
  [
    'VcpuLimitExceeded',
    'You have requested more vCPU capacity than your current vCPU limit of 32 allows',
    3,
    /Service Quotas/,
  ],
  [
    'UnauthorizedOperation',
    'You are not authorized to perform this operation.',
    3,
    /ec2:RunInstances/,
  ],
  [
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
    3,
    /aws iam create-service-linked-role --aws-service-name spot\.amazonaws\.com/,
  ],
] as const) {
  test(`a launch of which nothing came because of ${code} fails`, async (context) => {
    const { cloud } = await startRegion(context, {
      CreateFleet: fleetAnswer([], [{ code, message, zone: 'us-west-2a' }]),
    });
    const error = await rejection(cloud.launch(request, patient()));
    assert.equal(error.exitStatus, exitStatus);
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

test('two processes that each want machines of their own don’t share a client token', async (context) => {
  const one = await startRegion(context);
  const other = await startRegion(context);
  await one.cloud.launch({ ...request, identity: 'one' }, patient());
  await other.cloud.launch({ ...request, identity: 'other' }, patient());
  assert.notEqual(tokens(other.endpoint)[0], tokens(one.endpoint)[0]);
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

test('an answered launch is never answered again, by this process or the next', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.launch(request, patient());
  await cloud.launch(request, patient());
  const notes = endpoint.of('CreateTags').map(({ form }) => form);
  assert.deepEqual(
    notes.map((form) => [form['ResourceId.1'], form['Tag.1.Key'], form['Tag.1.Value']]),
    [
      ['lt-ours', 'spot-tui:launches', '1'],
      ['lt-ours', 'spot-tui:launches', '2'],
    ],
  );
  const next = await startRegion(context, {
    DescribeLaunchTemplates: templateSet([
      { id: 'lt-ours', name: 'spot-tui-orchard', tags: { ...ours, 'spot-tui:launches': '2' } },
    ]),
    DescribeLaunchTemplateVersions:
      '<launchTemplateVersionSet><item><versionNumber>1</versionNumber>' +
      '<versionDescription>other</versionDescription></item></launchTemplateVersionSet>',
    CreateLaunchTemplateVersion:
      '<launchTemplateVersion><versionNumber>2</versionNumber></launchTemplateVersion>',
  });
  await next.cloud.launch(request, patient());
  assert.equal(new Set([...tokens(endpoint), ...tokens(next.endpoint)]).size, 3);
});

test('a refused launch that is tried again has another client token', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    CreateFleet: fleetAnswer([], [{ code: 'VcpuLimitExceeded', message: 'no' }]),
  });
  await rejection(cloud.launch(request, patient()));
  await rejection(cloud.launch(request, patient()));
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

test('more than one call’s worth is split, and what came before a failure is kept', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  const ids = Array.from({ length: 500 }, (_, index) => `i-${index}`);
  endpoint.on('CreateFleet', (_, nth) =>
    nth === 0
      ? fleetAnswer([{ ids }])
      : { code: 'MaxSpotInstanceCountExceeded', message: 'Max spot instance count exceeded' },
  );
  const answer = await cloud.launch({ ...request, count: 700 }, patient());
  assert.equal(answer.instances.length, 500);
  assert.equal(answer.refusals[0]?.code, 'MaxSpotInstanceCountExceeded');
  const counts = endpoint
    .of('CreateFleet')
    .map(({ form }) => form['TargetCapacitySpecification.TotalTargetCapacity']);
  assert.deepEqual(counts, ['500', '200']);
  assert.equal(new Set(tokens(endpoint)).size, 2);
});

test('a launch whose note can’t be written is still a launch', async (context) => {
  const troubles: string[] = [];
  const { cloud } = await startRegion(
    context,
    { CreateTags: { code: 'UnauthorizedOperation', message: 'You are not authorized …' } },
    { options: { onTrouble: ({ message }) => troubles.push(message) } },
  );
  const answer = await cloud.launch(request, patient());
  assert.equal(answer.instances.length, 5);
  assert.match(troubles.join(), /can't note the launch on lt-ours/);
});

const tokens = (endpoint: {
  of(action: string): { form: Readonly<Record<string, string>> }[];
}): (string | undefined)[] => endpoint.of('CreateFleet').map(({ form }) => form.ClientToken);
