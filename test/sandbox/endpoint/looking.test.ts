import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { _InstanceType } from '@aws-sdk/client-ec2';
import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import { latestImage, refuses, startCloud } from './region-under-test.ts';

test('the public regions are there, each with three zones', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region('ap-southeast-1');
  const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  const names = Regions.map(({ RegionName }) => RegionName);
  for (const name of ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1', 'il-central-1']) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(Regions[0]?.Endpoint, `ec2.${names[0]}.amazonaws.com`);
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  assert.deepEqual(
    AvailabilityZones.map(({ ZoneName, ZoneId, State }) => [ZoneName, ZoneId, State]),
    [
      ['ap-southeast-1a', 'apse1-az1', 'available'],
      ['ap-southeast-1b', 'apse1-az2', 'available'],
      ['ap-southeast-1c', 'apse1-az3', 'available'],
    ],
  );
  await refuses(
    ec2.send(new DescribeRegionsCommand({ RegionNames: ['us-nowhere-1'] })),
    'InvalidParameterValue',
    /us-nowhere-1/,
  );
});

test("the latest of Canonical's images is found by owner, name and architecture", async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      Filters: [
        { Name: 'name', Values: ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*'] },
        { Name: 'state', Values: ['available'] },
      ],
    }),
  );
  assert.ok(Images.length > 1, 'several dates');
  for (const image of Images) {
    assert.equal(image.OwnerId, '099720109477');
    assert.equal(image.Architecture, 'x86_64');
    assert.equal(image.RootDeviceName, '/dev/sda1');
    assert.equal(image.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize, 8);
    assert.ok(!Number.isNaN(Date.parse(String(image.CreationDate))));
  }
  const dates = Images.map(({ CreationDate }) => CreationDate);
  assert.notDeepEqual(dates, dates.toSorted().reverse(), 'the order is not to be relied on');
  const everybodys = await ec2.send(
    new DescribeImagesCommand({
      Filters: [{ Name: 'name', Values: ['ubuntu/images/*noble-24.04-amd64*'] }],
    }),
  );
  assert.ok((everybodys.Images?.length ?? 0) > Images.length, 'others have such names as well');
  assert.notEqual(await latestImage(ec2), await latestImage(ec2, 'arm64'));
  assert.notEqual(await latestImage(ec2), await latestImage(region('eu-west-1')));
});

test('an image is known by its id in its own region only', async (context) => {
  const { region } = await startCloud(context);
  const id = await latestImage(region('us-east-1'));
  const describe = (name: string, image: string) =>
    region(name).send(new DescribeImagesCommand({ ImageIds: [image] }));
  assert.equal((await describe('us-east-1', id)).Images?.length, 1);
  await refuses(describe('us-west-2', id), 'InvalidAMIID.NotFound', /does not exist/);
  await refuses(describe('us-west-2', 'ami-apple'), 'InvalidAMIID.Malformed', /"ami-apple"/);
});

const unknownType = 't9.giant' as _InstanceType;

test('instance types say what they have, and come in pages of a hundred', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const { InstanceTypes = [] } = await ec2.send(
    new DescribeInstanceTypesCommand({ InstanceTypes: ['t3.medium', 'm7g.large', 't2.micro'] }),
  );
  const facts = InstanceTypes.map((type) => [
    type.InstanceType,
    type.VCpuInfo?.DefaultVCpus,
    type.MemoryInfo?.SizeInMiB,
    type.ProcessorInfo?.SupportedArchitectures?.at(-1),
    type.Hypervisor,
  ]);
  assert.deepEqual(facts.toSorted(), [
    ['m7g.large', 2, 8192, 'arm64', 'nitro'],
    ['t2.micro', 1, 1024, 'x86_64', 'xen'],
    ['t3.medium', 2, 4096, 'x86_64', 'nitro'],
  ]);
  await refuses(
    ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t3.medium', unknownType] })),
    'InvalidInstanceType',
    /\[t9\.giant\]/,
  );
  const first = await ec2.send(new DescribeInstanceTypesCommand({}));
  assert.equal(first.InstanceTypes?.length, 100);
  const all: string[] = [];
  for await (const page of paginateDescribeInstanceTypes({ client: ec2 }, {})) {
    all.push(...(page.InstanceTypes ?? []).map(({ InstanceType }) => String(InstanceType)));
  }
  assert.equal(new Set(all).size, all.length);
  for (const family of 't3 t3a t4g m5 m6i m6g m7g c5 c6i c7g r5 r6i'.split(' ')) {
    assert.ok(all.includes(`${family}.large`), family);
  }
});

test('the newest types are not in every zone', async (context) => {
  const { region } = await startCloud(context);
  const zones = async (type: string) => {
    const { InstanceTypeOfferings = [] } = await region().send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: [type] }],
      }),
    );
    return InstanceTypeOfferings.map(({ Location }) => Location);
  };
  assert.deepEqual(await zones('t3.medium'), ['us-west-2a', 'us-west-2b', 'us-west-2c']);
  assert.deepEqual(await zones('c7g.large'), ['us-west-2a', 'us-west-2b']);
  assert.deepEqual(await zones('t9.giant'), []);
});

test('spot prices differ by zone, and the newest stands first', async (context) => {
  const { region } = await startCloud(context);
  const { SpotPriceHistory = [] } = await region().send(
    new DescribeSpotPriceHistoryCommand({
      InstanceTypes: ['t3.medium'],
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: new Date(),
    }),
  );
  assert.deepEqual(
    SpotPriceHistory.map(({ AvailabilityZone }) => AvailabilityZone),
    ['us-west-2a', 'us-west-2b', 'us-west-2c'],
  );
  const prices = SpotPriceHistory.map(({ SpotPrice }) => Number(SpotPrice));
  assert.equal(new Set(prices).size, 3);
  for (const price of prices) assert.ok(price > 0.005 && price < 0.0416, String(price));
  const long = await region().send(
    new DescribeSpotPriceHistoryCommand({
      InstanceTypes: ['t3.medium'],
      ProductDescriptions: ['Linux/UNIX'],
      AvailabilityZone: 'us-west-2a',
    }),
  );
  const times = (long.SpotPriceHistory ?? []).map(({ Timestamp }) => Number(Timestamp));
  assert.ok(times.length > 1);
  assert.deepEqual(
    times,
    times.toSorted((one, other) => other - one),
  );
});

test('a region has its default network', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  assert.equal(Vpcs.length, 1);
  const vpcId = Vpcs[0]?.VpcId ?? '';
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'default-for-az', Values: ['true'] },
      ],
    }),
  );
  assert.deepEqual(
    Subnets.map(({ AvailabilityZone, DefaultForAz, MapPublicIpOnLaunch }) => [
      AvailabilityZone,
      DefaultForAz,
      MapPublicIpOnLaunch,
    ]),
    ['a', 'b', 'c'].map((letter) => [`us-west-2${letter}`, true, true]),
  );
  await refuses(
    ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-00000000000000000'] })),
    'InvalidVpcID.NotFound',
  );
  await refuses(
    ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-00000000'] })),
    'InvalidSubnetID.NotFound',
  );
});
