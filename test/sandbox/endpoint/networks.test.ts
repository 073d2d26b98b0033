import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
  ReplaceRouteCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { latestImage, refuses, startCloud } from './region-under-test.ts';

const makeVpc = async (ec2: EC2Client, CidrBlock = '10.0.0.0/16'): Promise<string> => {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({
      CidrBlock,
      TagSpecifications: [
        { ResourceType: 'vpc', Tags: [{ Key: 'spot-tui:deployment', Value: 'orchard' }] },
      ],
    }),
  );
  assert.ok(Vpc?.VpcId);
  return Vpc.VpcId;
};

const makeGateway = async (ec2: EC2Client): Promise<string> => {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  assert.ok(InternetGateway?.InternetGatewayId);
  return InternetGateway.InternetGatewayId;
};

const makeSubnet = async (
  ec2: EC2Client,
  VpcId: string,
  CidrBlock: string,
  AvailabilityZone = 'us-west-2a',
): Promise<string> => {
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }),
  );
  assert.ok(Subnet?.SubnetId);
  return Subnet.SubnetId;
};

const mainTable = async (ec2: EC2Client, vpcId: string) => {
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'association.main', Values: ['true'] },
      ],
    }),
  );
  assert.equal(RouteTables.length, 1);
  return RouteTables[0];
};

test('a VPC is found by its tags, comes with a group and a route table, and takes them along', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeVpc(ec2);
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({
      Filters: [{ Name: 'tag:spot-tui:deployment', Values: ['orchard'] }],
    }),
  );
  assert.deepEqual(
    Vpcs.map(({ VpcId, IsDefault, CidrBlock }) => [VpcId, IsDefault, CidrBlock]),
    [[id, false, '10.0.0.0/16']],
  );
  const groups = async () => {
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [id] }] }),
    );
    return SecurityGroups.map(({ GroupName }) => GroupName);
  };
  assert.deepEqual(await groups(), ['default']);
  const hostnames = async () => {
    const answer = await ec2.send(
      new DescribeVpcAttributeCommand({ VpcId: id, Attribute: 'enableDnsHostnames' }),
    );
    return answer.EnableDnsHostnames?.Value;
  };
  assert.equal(await hostnames(), false);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: true } }));
  assert.equal(await hostnames(), true);
  await ec2.send(new DeleteVpcCommand({ VpcId: id }));
  assert.deepEqual(await groups(), []);
  await refuses(ec2.send(new DeleteVpcCommand({ VpcId: id })), 'InvalidVpcID.NotFound');
});

test('a VPC stays as long as something of its own is in it', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeVpc(ec2);
  const remove = () => ec2.send(new DeleteVpcCommand({ VpcId: id }));
  const subnet = await makeSubnet(ec2, id, '10.0.0.0/20');
  await refuses(remove(), 'DependencyViolation', /The vpc 'vpc-[^']+' has dependencies/);
  await ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'orchard', Description: 'x', VpcId: id }),
  );
  await refuses(remove(), 'DependencyViolation');
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  const gateway = await makeGateway(ec2);
  const attachment = { InternetGatewayId: gateway, VpcId: id };
  await ec2.send(new AttachInternetGatewayCommand(attachment));
  await refuses(remove(), 'DependencyViolation');
  await refuses(
    ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: gateway })),
    'DependencyViolation',
  );
  await ec2.send(new DetachInternetGatewayCommand(attachment));
  await refuses(ec2.send(new DetachInternetGatewayCommand(attachment)), 'Gateway.NotAttached');
  await remove();
});

test('subnets lie within their VPC and beside each other', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeVpc(ec2);
  await makeSubnet(ec2, id, '10.0.16.0/20');
  await refuses(makeSubnet(ec2, id, '10.0.24.0/24'), 'InvalidSubnet.Conflict', /10\.0\.24\.0\/24/);
  await refuses(makeSubnet(ec2, id, '10.1.0.0/20'), 'InvalidSubnet.Range');
  await refuses(makeSubnet(ec2, id, '10.0.0.0'), 'InvalidParameterValue', /CIDR/);
  await refuses(
    makeSubnet(ec2, id, '10.0.0.0/20', 'us-west-2z'),
    'InvalidParameterValue',
    /us-west-2c/,
  );
  await refuses(makeVpc(ec2, '10.0.0.0/8'), 'InvalidVpc.Range');
});

test('a VPC has one gateway, and its routes die with it', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeVpc(ec2);
  const gateway = await makeGateway(ec2);
  const table = await mainTable(ec2, id);
  const route = {
    RouteTableId: table?.RouteTableId,
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: gateway,
  };
  await refuses(
    ec2.send(new CreateRouteCommand(route)),
    'InvalidParameterValue',
    /belong to different networks/,
  );
  const attach = (InternetGatewayId: string) =>
    ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: id }));
  await attach(gateway);
  await refuses(attach(gateway), 'Resource.AlreadyAssociated');
  const other = await makeGateway(ec2);
  await refuses(attach(other), 'InvalidParameterValue', /already has an internet gateway/);
  await ec2.send(new CreateRouteCommand(route));
  await refuses(ec2.send(new CreateRouteCommand(route)), 'RouteAlreadyExists');
  const state = async () =>
    (await mainTable(ec2, id))?.Routes?.find(
      ({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0',
    )?.State;
  assert.equal(await state(), 'active');
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: id }));
  assert.equal(await state(), 'blackhole');
  await attach(other);
  await ec2.send(new ReplaceRouteCommand({ ...route, GatewayId: other }));
  assert.equal(await state(), 'active');
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [id] }] }),
  );
  assert.deepEqual(
    InternetGateways.map(({ InternetGatewayId }) => InternetGatewayId),
    [other],
  );
});

test('an account has five VPCs and no more', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  for (const number of [1, 2, 3, 4]) await makeVpc(ec2, `10.${number}.0.0/16`);
  await refuses(makeVpc(ec2), 'VpcLimitExceeded');
});

test('an instance holds its subnet and its gateway, and takes groups of its own VPC only', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeVpc(ec2);
  const subnet = await makeSubnet(ec2, id, '10.0.0.0/20');
  const gateway = { InternetGatewayId: await makeGateway(ec2), VpcId: id };
  await ec2.send(new AttachInternetGatewayCommand(gateway));
  const { GroupId: stranger = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'elsewhere', Description: 'default VPC' }),
  );
  const image = await latestImage(ec2);
  const run = (groups: string[]) =>
    ec2.send(
      new RunInstancesCommand({
        ImageId: image,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: subnet, AssociatePublicIpAddress: true, Groups: groups },
        ],
      }),
    );
  await refuses(run([stranger]), 'InvalidParameter', /belong to different networks/);
  const { Instances = [] } = await run([]);
  const [instance] = Instances;
  assert.equal(instance?.VpcId, id);
  assert.equal(instance?.SubnetId, subnet);
  const removeSubnet = () => ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
  await refuses(removeSubnet(), 'DependencyViolation');
  await refuses(
    ec2.send(new DetachInternetGatewayCommand(gateway)),
    'DependencyViolation',
    /mapped public address/,
  );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }));
  // Its interface goes when it is gone.
  for (;;) {
    const done = await removeSubnet().then(
      () => true,
      () => false,
    );
    if (done) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ec2.send(new DetachInternetGatewayCommand(gateway));
});
