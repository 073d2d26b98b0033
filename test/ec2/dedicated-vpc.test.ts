import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  DeleteInternetGatewayCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from '../../source/ec2/errors.ts';
import { startCloud } from '../sandbox/endpoint/region-under-test.ts';
import { type Intercept, interpose, refusal } from './interposed.ts';
import { openRegion, patient } from './region.ts';
import { rejection } from './rejection.ts';

const userData = '#cloud-config\n';
const launchOf = (count: number) => ({ count, generation: 1, userData });
const ours = { Name: 'tag:spot-tui:deployment', Values: ['orchard'] };
const changes = /^(Create|Modify|Attach|Authorize|Import|Replace|Delete)/;

/** An empty account, and another machine that creates the deployment with each `open`. */
const startAccount = async (context: TestContext) => {
  const { endpoint, region } = await startCloud(context);
  return {
    ec2: region('us-west-2'),
    open: async (intercept?: Intercept) => {
      const url = intercept ? await interpose(context, endpoint.url, intercept) : endpoint.url;
      const settings = { network: { useDedicatedVpc: true } };
      return (await openRegion(context, url, settings)).cloud;
    },
  };
};

/** The one VPC of the deployment, with everything that it needs and nothing twice. */
const expectOneNetwork = async (ec2: EC2Client): Promise<string> => {
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [ours] }));
  assert.equal(Vpcs.length, 1, 'one VPC');
  const vpcId = Vpcs[0]?.VpcId ?? '';
  const inVpc = { Name: 'vpc-id', Values: [vpcId] };
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [inVpc] }));
  assert.deepEqual(
    Subnets.map(({ AvailabilityZone, CidrBlock }) => `${AvailabilityZone} ${CidrBlock}`).sort(),
    ['us-west-2a 10.0.0.0/20', 'us-west-2b 10.0.16.0/20', 'us-west-2c 10.0.32.0/20'],
  );
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [ours] }),
  );
  assert.deepEqual(
    InternetGateways.map(({ Attachments }) => Attachments?.map(({ VpcId }) => VpcId)),
    [[vpcId]],
  );
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: [inVpc] }));
  assert.deepEqual(
    RouteTables[0]?.Routes?.map((route) => [
      route.DestinationCidrBlock,
      route.GatewayId,
      route.State,
    ]),
    [
      ['10.0.0.0/16', 'local', 'active'],
      ['0.0.0.0/0', InternetGateways[0]?.InternetGatewayId, 'active'],
    ],
  );
  const { EnableDnsHostnames } = await ec2.send(
    new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsHostnames' }),
  );
  assert.equal(EnableDnsHostnames?.Value, true);
  return vpcId;
};

/** What still carries the deployment's tag. */
const remains = async (ec2: EC2Client): Promise<string[]> => {
  const { Tags = [] } = await ec2.send(
    new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['spot-tui:deployment'] }] }),
  );
  return Tags.flatMap(({ ResourceId, ResourceType }) =>
    // What a launch leaves behind goes by itself.
    /^(instance|volume|fleet)$/.test(ResourceType ?? '') ? [] : (ResourceId ?? []),
  );
};

test('a dedicated VPC is made once, found again, and everything of it is removed', async (context) => {
  const { ec2, open } = await startAccount(context);
  const actions: string[] = [];
  const cloud = await open(async ({ action, forward }) => {
    actions.push(action);
    return forward();
  });
  await cloud.rehearse(launchOf(1), patient());
  assert.deepEqual(await remains(ec2), [], 'a rehearsal makes nothing');
  await cloud.prepare({ userData }, patient());
  const vpcId = await expectOneNetwork(ec2);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const tags = Object.fromEntries((Vpcs[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  assert.equal(tags.Name, 'spot-tui-orchard');

  actions.length = 0;
  await (await open()).prepare({ userData }, patient());
  await cloud.prepare({ userData }, patient());
  assert.deepEqual(
    actions.filter((action) => changes.test(action)),
    [],
    'nothing is made twice',
  );
  await cloud.rehearse(launchOf(1), patient());
  const answer = await cloud.launch(launchOf(3), patient());
  assert.deepEqual(answer.refusals, []);
  assert.equal(answer.instances.length, 3);
  const instances = await cloud.describe(patient());
  assert.equal(instances.length, 3);
  await cloud.terminate(
    instances.map(({ instanceId }) => instanceId),
    patient(),
  );
  const { removed, left } = await cloud.cleanUp(patient());
  assert.deepEqual(left, []);
  assert.deepEqual(
    removed
      .filter((name) => !name.startsWith('fleet '))
      .map((name) => name.replace(/-0[0-9a-f]{16} |-[0-9a-f]{8} /, '-… ')),
    [
      'launch template spot-tui-orchard/vpc (us-west-2)',
      'launch template spot-tui-orchard (us-west-2)',
      'key pair spot-tui-orchard-… (us-west-2)',
      'security group spot-tui-orchard (us-west-2)',
      'subnet subnet-… (us-west-2a)',
      'subnet subnet-… (us-west-2b)',
      'subnet subnet-… (us-west-2c)',
      'internet gateway igw-… (us-west-2)',
      'VPC vpc-… (us-west-2)',
    ],
  );
  assert.deepEqual(await remains(ec2), []);
});

/** What a process meets that dies at a change: it asks for nothing more. */
const deathAt = (fatal: number, moment: 'before' | 'after') => {
  const death = new AbortController();
  let count = 0;
  const intercept: Intercept = async ({ action, forward }) => {
    if (!changes.test(action)) return forward();
    count += 1;
    if (count < fatal) return forward();
    if (count === fatal && moment === 'after') await forward();
    death.abort(new Error('killed'));
    return undefined;
  };
  return { intercept, signal: death.signal };
};

for (const moment of ['before', 'after'] as const) {
  test(`a create that dies ${moment} any of its calls is finished by the next one`, async (context) => {
    // One more than there are calls: the run that gets through says so.
    for (let fatal = 1; ; fatal += 1) {
      const { ec2, open } = await startAccount(context);
      const { intercept, signal } = deathAt(fatal, moment);
      const dying = await open(intercept);
      const isThrough = await dying.prepare({ userData }, signal).then(
        () => true,
        () => false,
      );
      const survivor = await open();
      await survivor.prepare({ userData }, patient());
      await expectOneNetwork(ec2);
      assert.deepEqual((await survivor.cleanUp(patient())).left, []);
      assert.deepEqual(await remains(ec2), [], `killed ${moment} change ${fatal}`);
      if (!isThrough) continue;
      assert.ok(fatal > 10, `there are ${fatal - 1} changes`);
      return;
    }
  });

  test(`a destroy that dies ${moment} any of its calls is finished by the next one`, async (context) => {
    for (let fatal = 1; ; fatal += 1) {
      const { ec2, open } = await startAccount(context);
      await (await open()).prepare({ userData }, patient());
      const { intercept, signal } = deathAt(fatal, moment);
      const dying = await open(intercept);
      const isThrough = await dying.cleanUp(signal).then(
        () => true,
        () => false,
      );
      const survivor = await open();
      // Create and destroy are each the other's repair.
      if (fatal % 2 === 0) {
        await survivor.prepare({ userData }, patient());
        await expectOneNetwork(ec2);
      }
      assert.deepEqual((await survivor.cleanUp(patient())).left, []);
      assert.deepEqual(await remains(ec2), [], `killed ${moment} change ${fatal}`);
      if (isThrough) return;
    }
  });
}

test('two creates at once end in one VPC', async (context) => {
  const { ec2, open } = await startAccount(context);
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const together: Intercept = async ({ action, forward }) => {
    if (action === 'CreateVpc') {
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
    }
    return forward();
  };
  const clouds = [await open(together), await open(together)];
  await Promise.all(clouds.map((cloud) => cloud.prepare({ userData }, patient())));
  assert.equal(waiting, 2, 'both have made one');
  const vpcId = await expectOneNetwork(ec2);
  for (const cloud of clouds) {
    const { instances } = await cloud.launch(launchOf(1), patient());
    assert.equal(instances.length, 1);
  }
  const { LaunchTemplates = [] } = await ec2.send(
    new DescribeLaunchTemplatesCommand({
      Filters: [{ Name: 'tag:spot-tui:vpc', Values: [vpcId] }],
    }),
  );
  assert.equal(LaunchTemplates.length, 1);
});

test('a create that slept while another made the VPC uses that one', async (context) => {
  const { ec2, open } = await startAccount(context);
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const sleepy = await open(async ({ action, forward }) => {
    if (action === 'CreateVpc') {
      asleep.resolve();
      await awake.promise;
    }
    return forward();
  });
  const late = sleepy.prepare({ userData }, patient());
  await asleep.promise;
  await (await open()).prepare({ userData }, patient());
  const vpcId = await expectOneNetwork(ec2);
  awake.resolve();
  await late;
  assert.equal(await expectOneNetwork(ec2), vpcId);
});

test('parts of EC2 that do not know yet what was just made are waited for', async (context) => {
  const { ec2, open } = await startAccount(context);
  const seen = new Map<string, number>();
  const cloud = await open(async ({ action, forward }) => {
    const nth = seen.get(action) ?? 0;
    seen.set(action, nth + 1);
    if (nth < 2 && /^(ModifyVpcAttribute|AttachInternetGateway|CreateSubnet)$/.test(action)) {
      return refusal('InvalidVpcID.NotFound');
    }
    if (nth < 2 && action === 'CreateRoute') return refusal('InvalidInternetGatewayID.NotFound');
    return forward();
  });
  await cloud.prepare({ userData }, patient());
  await expectOneNetwork(ec2);
});

test('a VPC that somebody removed by hand is made anew', async (context) => {
  const { ec2, open } = await startAccount(context);
  const cloud = await open();
  await cloud.prepare({ userData }, patient());
  const first = await expectOneNetwork(ec2);
  await cloud.cleanUp(patient());
  await cloud.prepare({ userData }, patient());
  assert.notEqual(await expectOneNetwork(ec2), first);
});

test('a gateway that somebody removed by hand is replaced, and its dead route with it', async (context) => {
  const { ec2, open } = await startAccount(context);
  const cloud = await open();
  await cloud.prepare({ userData }, patient());
  const VpcId = await expectOneNetwork(ec2);
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [ours] }),
  );
  const InternetGatewayId = InternetGateways[0]?.InternetGatewayId;
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  await cloud.prepare({ userData }, patient());
  assert.equal(await expectOneNetwork(ec2), VpcId);
});

test('a zone in which EC2 makes no subnets is left out', async (context) => {
  const { ec2, open } = await startAccount(context);
  const cloud = await open(async ({ action, form, forward }) =>
    action === 'CreateSubnet' && form.AvailabilityZone === 'us-west-2a'
      ? {
          ...refusal('InvalidParameterValue'),
          document: refusal('InvalidParameterValue').document.replace(
            'made up by the test',
            'Value (us-west-2a) for parameter availabilityZone is invalid.',
          ),
        }
      : forward(),
  );
  const { instances } = await cloud.launch(launchOf(3), patient());
  assert.equal(instances.length, 3);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [ours] }));
  assert.deepEqual(
    Subnets.map(({ AvailabilityZone }) => AvailabilityZone),
    ['us-west-2b', 'us-west-2c'],
  );
});

test('what is in the way of a VPC, or may not be made, is said', async (context) => {
  const { open } = await startAccount(context);
  const full = await open(async ({ action, forward }) =>
    action === 'CreateVpc' ? refusal('VpcLimitExceeded') : forward(),
  );
  const limit = await rejection(full.prepare({ userData }, patient()));
  assert.ok(limit instanceof Ec2Error);
  assert.equal(limit.exitStatus, 3);
  assert.match(limit.message, /us-west-2: can't make a VPC for the deployment/);
  assert.match(limit.hint, /remove those that nobody uses, name a VPC with "vpc_id"/);

  const forbidden = await open(async ({ action, form, forward }) =>
    form.DryRun === 'true' && /^(CreateVpc|CreateSubnet|AttachInternetGateway)$/.test(action)
      ? refusal('UnauthorizedOperation', 403)
      : forward(),
  );
  const denied = await rejection(forbidden.rehearse(launchOf(1), patient()));
  assert.ok(denied instanceof Ec2Error);
  assert.match(denied.hint, /ec2:CreateVpc.*ec2:AttachInternetGateway.*ec2:CreateSubnet/s);
});

test('what others have put into the VPC keeps it, and that is said', async (context) => {
  const { ec2, open } = await startAccount(context);
  const cloud = await open(async ({ action, forward }) =>
    action === 'DeleteVpc' ? refusal('DependencyViolation') : forward(),
  );
  await cloud.prepare({ userData }, patient());
  const { left } = await cloud.cleanUp(patient());
  assert.equal(left.length, 1);
  assert.match(left[0] ?? '', /can't remove the VPC vpc-\w+ \(us-west-2\)/);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [ours] }));
  await ec2.send(new DeleteVpcCommand({ VpcId: Vpcs[0]?.VpcId }));
});
