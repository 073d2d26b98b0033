import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpnGatewayCommand,
  DeleteKeyPairCommand,
  DeleteLaunchTemplateCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { actions } from '../../../source/sandbox/endpoint/actions.ts';
import {
  latestImage,
  makeTemplate,
  publicKeyLine,
  refuses,
  startCloud,
} from './region-under-test.ts';

test('a region that does not exist is named', async (context) => {
  const { region } = await startCloud(context);
  await refuses(
    region('us-nowhere-1').send(new DescribeVpcsCommand({})),
    'AuthFailure',
    /valid region, not 'us-nowhere-1'/,
  );
});

test('regions know nothing of each other', async (context) => {
  const { region } = await startCloud(context);
  await makeTemplate(region('eu-west-1'));
  const { LaunchTemplates } = await region('us-east-1').send(
    new DescribeLaunchTemplatesCommand({}),
  );
  assert.deepEqual(LaunchTemplates, []);
});

test('only the access key of the run gets in, where there is one', async (context) => {
  const { region, endpoint } = await startCloud(context, { accessKeyId: 'SANDBOXKEY' });
  const ask = (key: string) => region('us-west-2', key).send(new DescribeVpcsCommand({}));
  await refuses(ask('AKIDEXAMPLE'), 'AuthFailure', /access credentials/);
  assert.equal((await ask('SANDBOXKEY')).Vpcs?.length, 1);
  const unsigned = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=DescribeVpcs&Version=2016-11-15',
  });
  assert.equal(unsigned.status, 401);
  assert.match(
    await unsigned.text(),
    /^<\?xml[^>]*>\n<Response><Errors><Error><Code>AuthFailure<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/,
  );
});

test('what the endpoint does not know is refused, not ignored', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  await refuses(
    ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' })),
    'InvalidAction',
    /CreateVpnGateway is not valid/,
  );
  const image = await latestImage(ec2);
  await refuses(
    ec2.send(
      new RunInstancesCommand({
        ImageId: image,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        EnclaveOptions: { Enabled: true },
      }),
    ),
    'UnsupportedOperation',
    /the parameter EnclaveOptions\.Enabled of RunInstances/,
  );
});

test('a dry run changes nothing, and says what would happen', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  const LaunchTemplateId = await makeTemplate(ec2);
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const GroupId = String(SecurityGroups[0]?.GroupId);
  const ImageId = await latestImage(ec2);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
  );
  const InstanceIds = [String(Instances[0]?.InstanceId)];
  const DryRun = true;
  const Overrides = [{ InstanceType: 't3.micro' as const }];
  const LaunchTemplateSpecification = { LaunchTemplateId, Version: '$Latest' };
  const calls = [
    ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        DryRun,
      }),
    ),
    ec2.send(
      new CreateFleetCommand({
        Type: 'instant',
        TargetCapacitySpecification: { TotalTargetCapacity: 1 },
        LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides }],
        DryRun,
      }),
    ),
    ec2.send(new TerminateInstancesCommand({ InstanceIds, DryRun })),
    ec2.send(
      new CreateTagsCommand({ Resources: InstanceIds, Tags: [{ Key: 'a', Value: 'b' }], DryRun }),
    ),
    ec2.send(new CreateSecurityGroupCommand({ GroupName: 'orchard', Description: 'SSH', DryRun })),
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        ],
        DryRun,
      }),
    ),
    ec2.send(
      new ImportKeyPairCommand({
        KeyName: 'meadow',
        PublicKeyMaterial: Buffer.from(publicKeyLine),
        DryRun,
      }),
    ),
    ec2.send(new DeleteKeyPairCommand({ KeyName: 'orchard', DryRun })),
    ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'meadow',
        LaunchTemplateData: { ImageId },
        DryRun,
      }),
    ),
    ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId, DryRun })),
    ec2.send(new DescribeInstancesCommand({ DryRun })),
  ];
  for (const call of calls) {
    const error = await refuses(call, 'DryRunOperation', /would have succeeded/);
    assert.equal(error.$metadata.httpStatusCode, 412);
  }
  assert.equal(endpoint.aliveCount(), 1);
  const groups = await ec2.send(new DescribeSecurityGroupsCommand({}));
  assert.deepEqual(groups.SecurityGroups, SecurityGroups);
  const { KeyPairs } = await ec2.send(new DescribeKeyPairsCommand({}));
  assert.deepEqual(
    KeyPairs?.map(({ KeyName }) => KeyName),
    ['orchard'],
  );
  const { LaunchTemplates } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
  assert.deepEqual(
    LaunchTemplates?.map(({ LaunchTemplateName }) => LaunchTemplateName),
    ['orchard'],
  );
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  assert.equal(Reservations?.[0]?.Instances?.[0]?.State?.Name, 'running');
  await refuses(
    ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-00000000', DryRun })),
    'InvalidGroup.NotFound',
  );
});

test('text of any kind comes back as it was', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const Description = 'a & b; (c) [d]';
  const Tags = [{ Key: 'odd', Value: '<b>"ü" &amp; & \'本\'\n\r\ttab</b>' }];
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'odd',
      Description,
      TagSpecifications: [{ ResourceType: 'security-group', Tags }],
    }),
  );
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
  );
  assert.equal(SecurityGroups[0]?.Description, Description);
  assert.deepEqual(SecurityGroups[0]?.Tags, Tags);
});

test('the ledger counts calls and keeps what changed something', async (context) => {
  const { region, endpoint } = await startCloud(context);
  const ec2 = region();
  await ec2.send(new DescribeVpcsCommand({}));
  await ec2.send(new DescribeVpcsCommand({}));
  await region('eu-west-1').send(new DescribeVpcsCommand({}));
  await refuses(ec2.send(new TerminateInstancesCommand({ InstanceIds: [] })), 'MissingParameter');
  const { ledger } = endpoint;
  assert.equal(ledger.callCount('DescribeVpcs'), 3);
  assert.equal(ledger.callCount('DescribeVpcs', 'us-west-2'), 2);
  assert.deepEqual(
    ledger.entries().map((entry) => entry.type === 'call' && [entry.action, entry.outcome]),
    [['TerminateInstances', 'MissingParameter']],
  );
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await latestImage(ec2),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const launched = ledger.entries().find((entry) => entry.type === 'launched');
  assert.equal(launched?.instanceId, Instances[0]?.InstanceId);
  assert.equal(launched?.accessKeyId, 'AKIDEXAMPLE');
});

test('every action has the name that the SDK knows it by', () => {
  for (const name of actions.keys()) assert.ok(`${name}Command` in sdk, name);
});
