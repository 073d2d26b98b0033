import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  paginateDescribeInstances,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { realisticBootTimes } from '../../../source/sandbox/endpoint/boot-times.ts';
import { ManualClock } from '../manual-clock.ts';
import { latestImage, refuses, startCloud } from './region-under-test.ts';

const run = async (
  ec2: EC2Client,
  more: Partial<RunInstancesCommandInput> = {},
): Promise<Instance[]> => {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await latestImage(ec2),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...more,
    }),
  );
  return Instances;
};

const idOf = (instance: Instance | undefined): string => String(instance?.InstanceId);

const describe = async (ec2: EC2Client, ...filters: Filter[]): Promise<Instance[]> => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};

const describeOne = async (ec2: EC2Client, id: string): Promise<Instance | undefined> => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0];
};

const spot = { InstanceMarketOptions: { MarketType: 'spot' } } as const;

const dyingWords = { Code: 'Client.UserInitiatedShutdown' };

test('an instance lives from pending to terminated, at its own pace', async (context) => {
  const clock = new ManualClock();
  const { region, endpoint, machines } = await startCloud(context, {
    clock,
    bootTimes: realisticBootTimes,
  });
  const ec2 = region();
  const [launched] = await run(ec2, spot);
  assert.equal(launched?.State?.Name, 'pending');
  const id = idOf(launched);
  await refuses(describeOne(ec2, id), 'InvalidInstanceID.NotFound', new RegExp(`'${id}'`));
  assert.deepEqual(await describe(ec2), [], 'EC2 is only consistent eventually');
  await refuses(
    ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    'InvalidInstanceID.NotFound',
  );
  await clock.pass(1_500);
  assert.equal((await describeOne(ec2, id))?.State?.Name, 'pending');
  await clock.pass(7_500);
  const running = await describeOne(ec2, id);
  assert.equal(running?.State?.Name, 'running');
  assert.equal(running.PublicIpAddress, '127.0.0.1');
  assert.equal(running.PrivateIpAddress, '10.0.0.1');
  assert.deepEqual(running.Tags, [{ Key: 'spot-tui:ssh-port', Value: '2201' }]);
  assert.equal(running.StateReason, undefined);

  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  assert.equal((await describeOne(ec2, id))?.State?.Name, 'shutting-down');
  assert.equal(endpoint.aliveCount(), 1);
  await clock.pass(5_000);
  const gone = await describeOne(ec2, id);
  assert.equal(gone?.State?.Name, 'terminated');
  assert.equal(gone.PublicIpAddress, undefined);
  assert.deepEqual(gone.SecurityGroups, []);
  assert.deepEqual(
    { Code: gone.StateReason?.Code, Message: gone.StateReason?.Message },
    { ...dyingWords, Message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
  );
  assert.equal(gone.StateTransitionReason, 'User initiated (2026-06-01 12:00:09 GMT)');
  assert.equal(endpoint.aliveCount(), 0);
  assert.deepEqual(machines.terminated, [id]);
  await clock.pass(3_600_000);
  await refuses(describeOne(ec2, id), 'InvalidInstanceID.NotFound');
});

test('a slow machine is waited for, and one that fails to start is the end of its instance', async (context) => {
  const { region, machines } = await startCloud(context);
  const ec2 = region();
  const gate = Promise.withResolvers<void>();
  machines.gate = gate.promise;
  const slow = idOf((await run(ec2))[0]);
  assert.equal((await describeOne(ec2, slow))?.State?.Name, 'pending');
  assert.equal((await describeOne(ec2, slow))?.PublicIpAddress, undefined);
  gate.resolve();
  assert.equal((await describeOne(ec2, slow))?.State?.Name, 'running');
  machines.defect = 'no more machines';
  const broken = idOf((await run(ec2))[0]);
  const described = await describeOne(ec2, broken);
  assert.equal(described?.State?.Name, 'terminated');
  assert.equal(described.StateReason?.Code, 'Server.InternalError');
});

test('an instance that is terminated while it boots leaves no machine behind', async (context) => {
  const { region, machines, endpoint } = await startCloud(context);
  const ec2 = region();
  const gate = Promise.withResolvers<void>();
  machines.gate = gate.promise;
  const id = idOf((await run(ec2))[0]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  assert.equal((await describeOne(ec2, id))?.State?.Name, 'shutting-down');
  gate.resolve();
  assert.equal((await describeOne(ec2, id))?.State?.Name, 'terminated');
  assert.equal(machines.running.size, 0);
  assert.equal(endpoint.aliveCount(), 0);
});

test('an instance that is terminated while it is pending never runs', async (context) => {
  const clock = new ManualClock();
  const bootTimes = { ...realisticBootTimes, visible: [0, 0], shuttingDown: [0, 0] } as const;
  const { region } = await startCloud(context, { clock, bootTimes });
  const ec2 = region();
  const id = idOf((await run(ec2))[0]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await clock.pass(10_000);
  assert.equal((await describeOne(ec2, id))?.State?.Name, 'terminated');
});

test('one unknown id fails a whole termination', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  const id = idOf((await run(ec2))[0]);
  const terminate = (...ids: string[]) =>
    ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  await refuses(
    terminate(id, 'i-00000000000000000'),
    'InvalidInstanceID.NotFound',
    /'i-00000000000000000' does not exist/,
  );
  await refuses(terminate(id, 'apple'), 'InvalidInstanceID.Malformed', /"apple"/);
  await refuses(terminate('i-00000000', 'i-11111111'), 'InvalidInstanceID.NotFound', /IDs/);
  assert.equal(endpoint.aliveCount(), 1);
  const { TerminatingInstances = [] } = await terminate(id);
  assert.equal(TerminatingInstances[0]?.PreviousState?.Name, 'running');
  assert.equal(TerminatingInstances[0]?.CurrentState?.Name, 'shutting-down');
  await terminate(id);
});

test('filters find instances by what they are', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const named = (value: string) => ({
    TagSpecifications: [
      { ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value: value }] },
    ],
  });
  const first = idOf((await run(ec2, { ...spot, ...named('orchard-1') }))[0]);
  const second = idOf((await run(ec2, named('orchard-2')))[0]);
  const other = idOf((await run(ec2, { InstanceType: 'm5.large' }))[0]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }));
  const find = async (Name: string, ...Values: string[]) =>
    (await describe(ec2, { Name, Values })).map(idOf);
  assert.deepEqual(await find('tag:Name', 'orchard-*'), [first, second]);
  assert.deepEqual(await find('tag:Name', 'orchard-?'), [first, second]);
  assert.deepEqual(await find('tag:Name', 'orchard'), []);
  assert.deepEqual(await find('tag:Name', String.raw`orchard-\*`), []);
  assert.deepEqual(await find('tag-key', 'Name'), [first, second]);
  assert.deepEqual(await find('instance-state-name', 'pending', 'running'), [first, second]);
  assert.deepEqual(await find('instance-state-name', 'terminated'), [other]);
  assert.deepEqual(await find('instance-lifecycle', 'spot'), [first]);
  assert.deepEqual(await find('instance-type', 'm5.*'), [other]);
  assert.deepEqual(await find('instance-id', first, second), [first, second]);
  assert.deepEqual(await find('ip-address', '127.0.0.2'), [second]);
  const both = await describe(
    ec2,
    { Name: 'tag:Name', Values: ['orchard-*'] },
    { Name: 'instance-lifecycle', Values: ['spot'] },
  );
  assert.deepEqual(both.map(idOf), [first]);
  assert.deepEqual(await describe(region('eu-west-1')), []);
  await refuses(find('colour', 'red'), 'InvalidParameterValue', /'colour' is invalid/);
  await refuses(find('tag:Name', ...Array.from({ length: 201 }, String)), 'FilterLimitExceeded');
});

test('pages hold what was asked for, and together everything once', async (context) => {
  const { region } = await startCloud(context, { largestPage: 7 });
  const ec2 = region();
  const ids = (await run(ec2, { MinCount: 16, MaxCount: 16 })).map(idOf);
  const sizes: number[] = [];
  const found: string[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances(
    { client: ec2, pageSize: 5 },
    {},
  )) {
    const page = Reservations.flatMap(({ Instances = [] }) => Instances.map(idOf));
    sizes.push(page.length);
    found.push(...page);
  }
  assert.deepEqual(sizes, [5, 5, 5, 1]);
  assert.deepEqual(found, ids);
  const unasked = await ec2.send(new DescribeInstancesCommand({}));
  assert.equal(unasked.Reservations?.[0]?.Instances?.length, 7);
  assert.ok(unasked.NextToken);
  const send = (input: object) => ec2.send(new DescribeInstancesCommand(input));
  await refuses(send({ MaxResults: 4 }), 'InvalidParameterValue', /between 5 and 1000/);
  await refuses(send({ NextToken: 'apple' }), 'InvalidPaginationToken');
  await refuses(send({ InstanceIds: ids, MaxResults: 5 }), 'InvalidParameterCombination');
});

test('what a launch needs has to be there', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  await refuses(run(ec2, { KeyName: 'orchard' }), 'InvalidKeyPair.NotFound');
  await refuses(run(ec2, { SecurityGroupIds: ['sg-00000000'] }), 'InvalidGroup.NotFound');
  await refuses(run(ec2, { SubnetId: 'subnet-00000000' }), 'InvalidSubnetID.NotFound');
  await refuses(run(ec2, { ImageId: 'ami-00000000' }), 'InvalidAMIID.NotFound');
  await refuses(run(ec2, { ImageId: 'apple' }), 'InvalidAMIID.Malformed');
  await refuses(run(ec2, { InstanceType: 't4g.micro' }), 'InvalidParameterValue', /architecture/);
  await refuses(
    run(ec2, { UserData: Buffer.alloc(16_385).toString('base64') }),
    'InvalidParameterValue',
    /16384/,
  );
  await refuses(run(ec2, { MinCount: 3, MaxCount: 2 }), 'InvalidParameterValue');
  await endpoint.injectFault({ kind: 'refuse-capacity', code: 'VcpuLimitExceeded', count: 3 });
  await refuses(run(ec2), 'VcpuLimitExceeded', /vCPU capacity/);
  assert.equal(endpoint.aliveCount(), 0);
});

test('the root volume is as asked for and goes with its instance', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = idOf(
    (
      await run(ec2, {
        BlockDeviceMappings: [
          { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 30, VolumeType: 'gp3', Encrypted: true } },
        ],
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'disk' }] }],
      })
    )[0],
  );
  const volumes = async () => {
    const { Volumes = [] } = await ec2.send(
      new DescribeVolumesCommand({
        Filters: [{ Name: 'attachment.instance-id', Values: [id] }],
      }),
    );
    return Volumes;
  };
  const [volume] = await volumes();
  assert.deepEqual([volume?.Size, volume?.VolumeType, volume?.Encrypted], [30, 'gp3', true]);
  assert.deepEqual(volume?.Tags, [{ Key: 'Name', Value: 'disk' }]);
  const described = await describeOne(ec2, id);
  assert.equal(described?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId, volume?.VolumeId);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  assert.deepEqual(await volumes(), []);
});

test('a volume that outlives its instance is there until it is deleted', async (context) => {
  const { endpoint, region } = await startCloud(context);
  const ec2 = region();
  const id = idOf(
    (
      await run(ec2, {
        BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: false } }],
      })
    )[0],
  );
  const volumes = async () => (await ec2.send(new DescribeVolumesCommand({}))).Volumes ?? [];
  const VolumeId = (await volumes())[0]?.VolumeId ?? '';
  await refuses(ec2.send(new DeleteVolumeCommand({ VolumeId })), 'VolumeInUse', /attached to i-/);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  while (endpoint.aliveCount() > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    (await volumes()).map(({ State }) => State),
    ['available'],
  );
  await ec2.send(new DeleteVolumeCommand({ VolumeId }));
  assert.deepEqual(await volumes(), []);
  await refuses(ec2.send(new DeleteVolumeCommand({ VolumeId })), 'InvalidVolume.NotFound');
});

test('tags are put, put over, listed and taken away', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const ids = (await run(ec2, { MinCount: 2, MaxCount: 2 })).map(idOf);
  const tag = (Resources: string[], Key: string, Value = '') =>
    ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value }] }));
  await tag(ids, 'spot-tui:node', 'us-west-2-1');
  await tag(ids.slice(1), 'spot-tui:node', 'us-west-2-2');
  const nodes = async () => {
    const { Tags = [] } = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['spot-tui:node'] }] }),
    );
    return Tags.map(({ ResourceType, Value }) => [ResourceType, Value]);
  };
  assert.deepEqual(await nodes(), [
    ['instance', 'us-west-2-1'],
    ['instance', 'us-west-2-2'],
  ]);
  await refuses(tag(ids, 'aws:mine'), 'InvalidParameterValue', /reserved/);
  await refuses(tag(ids, 'k'.repeat(129)), 'InvalidParameterValue', /128/);
  await refuses(tag(['i-00000000'], 'a'), 'InvalidInstanceID.NotFound');
  await refuses(tag(['apple'], 'a'), 'InvalidID', /'apple' is not valid/);
  await refuses(tag(['vol-00000000'], 'a'), 'InvalidVolume.NotFound');
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  await refuses(
    ec2.send(new CreateTagsCommand({ Resources: ids, Tags: many })),
    'TagLimitExceeded',
  );
  await ec2.send(
    new DeleteTagsCommand({
      Resources: ids,
      Tags: [{ Key: 'spot-tui:node', Value: 'us-west-2-2' }],
    }),
  );
  assert.deepEqual(await nodes(), [['instance', 'us-west-2-1']]);
});

test('status checks begin where an instance runs', async (context) => {
  const clock = new ManualClock();
  const { region } = await startCloud(context, { clock, bootTimes: realisticBootTimes });
  const ec2 = region();
  const [instance] = await run(ec2);
  await clock.pass(2_000);
  const status = async (IncludeAllInstances: boolean) => {
    const { InstanceStatuses = [] } = await ec2.send(
      new DescribeInstanceStatusCommand({ IncludeAllInstances }),
    );
    return InstanceStatuses.map((one) => [one.InstanceId, one.InstanceStatus?.Status]);
  };
  const id = idOf(instance);
  assert.deepEqual(await status(false), []);
  assert.deepEqual(await status(true), [[id, 'not-applicable']]);
  await clock.pass(8_000);
  assert.deepEqual(await status(false), [[id, 'initializing']]);
  await clock.pass(120_000);
  assert.deepEqual(await status(false), [[id, 'ok']]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await clock.pass(5_000);
});

test('the console tells its end, on new machines at any time', async (context) => {
  const { region, machines } = await startCloud(context);
  const ec2 = region();
  const id = idOf((await run(ec2))[0]);
  const old = idOf((await run(ec2, { InstanceType: 't2.micro' }))[0]);
  const output = async (InstanceId: string, Latest = true) => {
    const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId, Latest }));
    return Output === undefined ? undefined : Buffer.from(Output, 'base64').toString();
  };
  assert.equal(await output(id), 'Booting\n');
  machines.console = `${'x'.repeat(70_000)}END`;
  assert.equal((await output(id))?.length, 65_536);
  assert.match(String(await output(id)), /END$/);
  machines.console = '';
  assert.equal(await output(id), undefined);
  await refuses(output(old), 'UnsupportedOperation', /Nitro/);
  assert.equal(await output(old, false), undefined);
});

test('a spot instance has a request that closes with it, and a reboot reaches the machine', async (context) => {
  const { region, machines } = await startCloud(context);
  const ec2 = region();
  const [instance] = await run(ec2, spot);
  const id = idOf(instance);
  const requests = async () => {
    const { SpotInstanceRequests = [] } = await ec2.send(
      new DescribeSpotInstanceRequestsCommand({
        Filters: [{ Name: 'instance-id', Values: [id] }],
      }),
    );
    return SpotInstanceRequests.map((request) => [
      request.SpotInstanceRequestId,
      request.State,
      request.Status?.Code,
    ]);
  };
  const requestId = instance?.SpotInstanceRequestId;
  assert.deepEqual(await requests(), [[requestId, 'active', 'fulfilled']]);
  await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
  assert.deepEqual(machines.faults, [[id, 'reboot']]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  assert.deepEqual(await requests(), [[requestId, 'closed', 'instance-terminated-by-user']]);
  await refuses(ec2.send(new RebootInstancesCommand({ InstanceIds: [id] })), 'IncorrectState');
});
