import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { latestImage, refuses, startCloud } from './region-under-test.ts';

const makeGroup = async (ec2: EC2Client): Promise<string> => {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'orchard',
      Description: 'SSH for the orchard',
      TagSpecifications: [
        {
          ResourceType: 'security-group',
          Tags: [{ Key: 'spot-tui:deployment', Value: 'orchard' }],
        },
      ],
    }),
  );
  assert.ok(GroupId);
  return GroupId;
};

const ssh = (CidrIp: string) => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: [{ CidrIp, Description: 'home & away' }],
});

test('a group is made once, found by name and by tag, and deleted', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeGroup(ec2);
  await refuses(makeGroup(ec2), 'InvalidGroup.Duplicate', /'orchard' already exists for VPC/);
  for (const filter of [
    { Name: 'group-name', Values: ['orchard'] },
    { Name: 'tag:spot-tui:deployment', Values: ['orch*'] },
    { Name: 'tag-key', Values: ['spot-tui:deployment'] },
  ]) {
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [filter] }),
    );
    assert.deepEqual(
      SecurityGroups.map(({ GroupId }) => GroupId),
      [id],
    );
    assert.equal(SecurityGroups[0]?.Description, 'SSH for the orchard');
    assert.equal(SecurityGroups[0]?.IpPermissionsEgress?.[0]?.IpProtocol, '-1');
  }
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
  await refuses(
    ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })),
    'InvalidGroup.NotFound',
    /does not exist/,
  );
  await refuses(ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })), 'InvalidGroup.NotFound');
  await refuses(ec2.send(new DeleteSecurityGroupCommand({ GroupName: 'default' })), 'CannotDelete');
});

test('rules are let in, told again, and taken back', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeGroup(ec2);
  const authorize = (cidr: string) =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: [ssh(cidr)] }));
  const { SecurityGroupRules = [] } = await authorize('192.0.2.7/32');
  assert.match(String(SecurityGroupRules[0]?.SecurityGroupRuleId), /^sgr-0/);
  await authorize('198.51.100.0/24');
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: id,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 4222,
          ToPort: 4222,
          IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        },
      ],
    }),
  );
  const permissions = async () => {
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [id] }),
    );
    return SecurityGroups[0]?.IpPermissions ?? [];
  };
  assert.deepEqual(
    (await permissions()).map(({ FromPort, IpRanges, Ipv6Ranges }) => [
      FromPort,
      IpRanges?.map(({ CidrIp }) => CidrIp),
      Ipv6Ranges?.map(({ CidrIpv6 }) => CidrIpv6),
    ]),
    [
      [22, ['192.0.2.7/32', '198.51.100.0/24'], []],
      [4222, ['0.0.0.0/0'], ['::/0']],
    ],
  );
  assert.equal((await permissions())[0]?.IpRanges?.[0]?.Description, 'home & away');
  await refuses(authorize('192.0.2.7/32'), 'InvalidPermission.Duplicate', /192\.0\.2\.7\/32, TCP/);
  await refuses(authorize('192.0.2.7'), 'InvalidParameterValue', /malformed/);
  await refuses(authorize('192.0.2.777/32'), 'InvalidParameterValue', /malformed/);
  const revoke = () =>
    ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: id,
        IpPermissions: [ssh('198.51.100.0/24')],
      }),
    );
  await revoke();
  assert.equal((await permissions())[0]?.IpRanges?.length, 1);
  await refuses(revoke(), 'InvalidPermission.NotFound');
});

test('a group stays as long as an instance uses it', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeGroup(ec2);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await latestImage(ec2),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SecurityGroupIds: [id],
    }),
  );
  const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
  await refuses(remove(), 'DependencyViolation', /has a dependent object/);
  await ec2.send(
    new TerminateInstancesCommand({ InstanceIds: [String(Instances[0]?.InstanceId)] }),
  );
  for (;;) {
    const outcome = await remove().then(
      () => 'removed',
      (error: Error) => error.name,
    );
    if (outcome === 'removed') break;
    assert.equal(outcome, 'DependencyViolation');
  }
});
