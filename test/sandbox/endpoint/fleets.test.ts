import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type _InstanceType,
  CreateFleetCommand,
  type CreateFleetCommandInput,
  type CreateFleetCommandOutput,
  DeleteFleetsCommand,
  DescribeFleetsCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type FleetLaunchTemplateOverridesRequest,
} from '@aws-sdk/client-ec2';
import { makeTemplate, refuses, startCloud } from './region-under-test.ts';

type FleetWish = {
  readonly template: string;
  readonly count: number;
  readonly overrides?: FleetLaunchTemplateOverridesRequest[];
  readonly more?: Partial<CreateFleetCommandInput>;
};

const createFleet = (
  ec2: EC2Client,
  { template, count, overrides = [{ InstanceType: 't3.medium' }], more = {} }: FleetWish,
): Promise<CreateFleetCommandOutput> =>
  ec2.send(
    new CreateFleetCommand({
      Type: 'instant',
      TargetCapacitySpecification: {
        TotalTargetCapacity: count,
        DefaultTargetCapacityType: 'spot',
      },
      SpotOptions: { AllocationStrategy: 'price-capacity-optimized' },
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: template, Version: '1' },
          Overrides: overrides,
        },
      ],
      ...more,
    }),
  );

const idsOf = ({ Instances = [] }: CreateFleetCommandOutput): string[] =>
  Instances.flatMap(({ InstanceIds = [] }) => InstanceIds);

/** How many instances the answer has, by type and zone. */
const placesOf = ({ Instances = [] }: CreateFleetCommandOutput): Record<string, number> =>
  Object.fromEntries(
    Instances.map((set) => [
      `${set.InstanceType} ${set.LaunchTemplateAndOverrides?.Overrides?.AvailabilityZone}`,
      set.InstanceIds?.length ?? 0,
    ]),
  );

const subnetOf = async (ec2: EC2Client, zone: string): Promise<string> => {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: [zone] }] }),
  );
  return String(Subnets[0]?.SubnetId);
};

test('an instant fleet answers with its instances, tagged from the start', async (context) => {
  const { region, machines } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2, {
    TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'disk' }] }],
  });
  const answer = await createFleet(ec2, {
    template,
    count: 3,
    more: {
      TagSpecifications: [
        { ResourceType: 'fleet', Tags: [{ Key: 'Name', Value: 'orchard' }] },
        { ResourceType: 'instance', Tags: [{ Key: 'spot-tui:deployment', Value: 'orchard' }] },
      ],
    },
  });
  assert.match(String(answer.FleetId), /^fleet-[0-9a-f-]{36}$/);
  assert.deepEqual(answer.Errors, []);
  const ids = idsOf(answer);
  assert.equal(ids.length, 3);
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [{ Name: 'tag:spot-tui:deployment', Values: ['orchard'] }],
    }),
  );
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  assert.deepEqual(instances.map(({ InstanceId }) => InstanceId).toSorted(), ids.toSorted());
  for (const instance of instances) {
    assert.equal(instance.InstanceLifecycle, 'spot');
    const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    assert.equal(tags['aws:ec2:fleet-id'], answer.FleetId);
    assert.equal(tags['aws:ec2launchtemplate:id'], template);
  }
  const [machine] = machines.running.values();
  assert.equal(machine?.userData, '#cloud-config\n');
  assert.match(String(machine?.publicKey), /^ssh-ed25519 /);
  const described = await ec2.send(
    new DescribeFleetsCommand({ FleetIds: [String(answer.FleetId)] }),
  );
  assert.deepEqual(described.Fleets?.[0]?.Tags, [{ Key: 'Name', Value: 'orchard' }]);
  assert.deepEqual(
    described.Fleets?.[0]?.Instances?.flatMap(({ InstanceIds = [] }) => InstanceIds),
    ids,
  );
  assert.deepEqual((await ec2.send(new DescribeFleetsCommand({}))).Fleets, []);
});

test('pools without capacity are errors of the answer, the others make up for them', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const overrides = [
    { InstanceType: 't3.medium' as const, SubnetId: await subnetOf(ec2, 'us-west-2a') },
    { InstanceType: 't3.medium' as const, SubnetId: await subnetOf(ec2, 'us-west-2b') },
  ];
  await endpoint.injectFault({ kind: 'refuse-capacity', zone: 'us-west-2a', available: 1 });
  await endpoint.injectFault({
    kind: 'refuse-capacity',
    zone: 'us-west-2b',
    available: 2,
    code: 'UnfulfillableCapacity',
  });
  const answer = await createFleet(ec2, { template, count: 5, overrides });
  assert.deepEqual(placesOf(answer), { 't3.medium us-west-2a': 1, 't3.medium us-west-2b': 2 });
  const errors = (answer.Errors ?? []).map((error) => [
    error.LaunchTemplateAndOverrides?.Overrides?.SubnetId,
    error.ErrorCode,
    error.ErrorMessage,
  ]);
  assert.deepEqual(
    errors.toSorted(),
    [
      [
        overrides[0]?.SubnetId,
        'InsufficientInstanceCapacity',
        'There is no Spot capacity available that matches your request.',
      ],
      [
        overrides[1]?.SubnetId,
        'UnfulfillableCapacity',
        'Unable to fulfill capacity due to your request configuration. Please adjust your request and try again.',
      ],
    ].toSorted(),
  );
  const nothing = await createFleet(ec2, { template, count: 5, overrides });
  assert.deepEqual(nothing.Instances, []);
  assert.equal(nothing.Errors?.length, 2);
});

test('what a launch stumbles over fails the pool and not the request', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const codes = async (override: FleetLaunchTemplateOverridesRequest) => {
    const answer = await createFleet(ec2, { template, count: 1, overrides: [override] });
    assert.deepEqual(answer.Instances, []);
    return answer.Errors?.map(({ ErrorCode }) => ErrorCode);
  };
  assert.deepEqual(await codes({ InstanceType: 't3.medium', ImageId: 'ami-00000000' }), [
    'InvalidAMIID.NotFound',
  ]);
  assert.deepEqual(await codes({ InstanceType: 't4g.medium' }), ['InvalidParameterValue']);
  assert.deepEqual(await codes({ InstanceType: 't3.medium', SubnetId: 'subnet-00000000' }), [
    'InvalidSubnetID.NotFound',
  ]);
  assert.deepEqual(await codes({ InstanceType: 'm7i.large', AvailabilityZone: 'us-west-2c' }), [
    'InvalidFleetConfiguration',
  ]);
  assert.deepEqual(
    await codes({ InstanceType: 't3.medium', MaxPrice: '0.001', AvailabilityZone: 'us-west-2a' }),
    ['SpotMaxPriceTooLow'],
  );
});

test('a wrong request is refused as a whole', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  await refuses(
    createFleet(ec2, { template: 'lt-00000000000000000', count: 1 }),
    'InvalidLaunchTemplateId.NotFound',
  );
  await refuses(
    createFleet(ec2, {
      template,
      count: 1,
      overrides: [{ InstanceType: 't9.giant' as _InstanceType }],
    }),
    'InvalidParameterValue',
    /'t9\.giant' for InstanceType/,
  );
  await refuses(createFleet(ec2, { template, count: 0 }), 'InvalidParameterValue');
  await refuses(
    createFleet(ec2, {
      template,
      count: 1,
      more: { TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }] },
    }),
    'InvalidParameterValue',
    /'volume' is not a valid taggable resource type/,
  );
});

test('a repeated request with its token launches once', async (context) => {
  const { region, machines, endpoint } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const send = (count: number, client = ec2) =>
    createFleet(client, { template, count, more: { ClientToken: 'orchard-1' } });
  const [first, second] = await Promise.all([send(2), send(2)]);
  const third = await send(2);
  assert.deepEqual(idsOf(second), idsOf(first));
  assert.deepEqual(idsOf(third), idsOf(first));
  assert.equal(endpoint.aliveCount(), 2);
  assert.equal(machines.running.size, 2);
  await refuses(send(3), 'IdempotentParameterMismatch', /inconsistent/);
  await refuses(
    createFleet(ec2, { template, count: 1, more: { ClientToken: 'x'.repeat(65) } }),
    'InvalidParameterValue',
    /64/,
  );
});

test('instances go where the strategy sends them', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const zone = 'us-west-2a';
  const launch = async (
    strategy: 'diversified' | 'lowest-price' | 'capacity-optimized-prioritized',
  ) =>
    placesOf(
      await createFleet(ec2, {
        template,
        count: 4,
        overrides: [
          { InstanceType: 'm5.xlarge', AvailabilityZone: zone, Priority: 1 },
          { InstanceType: 't3.nano', AvailabilityZone: zone, Priority: 2 },
        ],
        more: { SpotOptions: { AllocationStrategy: strategy } },
      }),
    );
  assert.deepEqual(await launch('lowest-price'), { [`t3.nano ${zone}`]: 4 });
  assert.deepEqual(await launch('capacity-optimized-prioritized'), { [`m5.xlarge ${zone}`]: 4 });
  assert.deepEqual(await launch('diversified'), {
    [`m5.xlarge ${zone}`]: 2,
    [`t3.nano ${zone}`]: 2,
  });
});

test('a fleet can have a part on demand', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const answer = await createFleet(ec2, {
    template,
    count: 3,
    more: {
      TargetCapacitySpecification: {
        TotalTargetCapacity: 3,
        OnDemandTargetCapacity: 1,
        DefaultTargetCapacityType: 'spot',
      },
    },
  });
  assert.deepEqual(
    answer.Instances?.map(({ Lifecycle, InstanceIds }) => [Lifecycle, InstanceIds?.length]),
    [
      ['on-demand', 1],
      ['spot', 2],
    ],
  );
});

test('a fleet is deleted with its instances', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  const template = await makeTemplate(ec2);
  const { FleetId = '' } = await createFleet(ec2, { template, count: 2 });
  const answer = await ec2.send(
    new DeleteFleetsCommand({ FleetIds: [FleetId, 'fleet-unknown'], TerminateInstances: true }),
  );
  assert.deepEqual(
    answer.SuccessfulFleetDeletions?.map(({ CurrentFleetState }) => CurrentFleetState),
    ['deleted_terminating'],
  );
  assert.equal(answer.UnsuccessfulFleetDeletions?.[0]?.Error?.Code, 'fleetIdDoesNotExist');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(endpoint.aliveCount(), 0);
});
