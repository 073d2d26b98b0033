import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  ModifyLaunchTemplateCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { makeTemplate, refuses, startCloud } from './region-under-test.ts';

const userData = (size: number) => Buffer.alloc(size, '#').toString('base64');

const create = (ec2: EC2Client, name: string, data: RequestLaunchTemplateData) =>
  ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data }));

test('what a template was made with is told again', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const data: RequestLaunchTemplateData = {
    InstanceType: 't3.medium',
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/sda1',
        Ebs: { VolumeSize: 30, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        AssociatePublicIpAddress: true,
        DeleteOnTermination: true,
        Groups: ['sg-11111111', 'sg-22222222'],
      },
    ],
    MetadataOptions: {
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
    },
    InstanceInitiatedShutdownBehavior: 'terminate',
    TagSpecifications: [
      { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: '<orchard> & "sons"' }] },
      { ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'disk' }] },
    ],
  };
  const id = await makeTemplate(ec2, data);
  const { LaunchTemplateVersions = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: id,
      Versions: ['$Latest'],
    }),
  );
  const told = LaunchTemplateVersions[0]?.LaunchTemplateData;
  assert.ok(told);
  for (const [name, value] of Object.entries(data)) {
    assert.deepEqual(told[name as keyof typeof told], value, name);
  }
  assert.equal(told.UserData, Buffer.from('#cloud-config\n').toString('base64'));
});

test('versions are counted, chosen by name, and one of them is the default', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeTemplate(ec2, { InstanceType: 't3.medium' });
  await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: 'orchard',
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'm5.large' },
    }),
  );
  const typeOf = async (version: string) => {
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
    );
    const { InstanceType, KeyName } = LaunchTemplateVersions[0]?.LaunchTemplateData ?? {};
    return [InstanceType, KeyName];
  };
  assert.deepEqual(await typeOf('$Latest'), ['m5.large', 'orchard']);
  assert.deepEqual(await typeOf('$Default'), ['t3.medium', 'orchard']);
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '2' }));
  assert.deepEqual(await typeOf('$Default'), ['m5.large', 'orchard']);
  const { LaunchTemplates = [] } = await ec2.send(
    new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['orchard'] }),
  );
  assert.equal(LaunchTemplates[0]?.DefaultVersionNumber, 2);
  assert.equal(LaunchTemplates[0]?.LatestVersionNumber, 2);
  await refuses(typeOf('9'), 'InvalidLaunchTemplateId.VersionNotFound', /version 9/);
});

test('names are taken once, and unknown ones are not found', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const id = await makeTemplate(ec2);
  await refuses(
    create(ec2, 'orchard', { InstanceType: 't3.micro' }),
    'InvalidLaunchTemplateName.AlreadyExistsException',
  );
  await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
  await refuses(
    ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['orchard'] })),
    'InvalidLaunchTemplateName.NotFoundException',
  );
  await refuses(
    ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] })),
    'InvalidLaunchTemplateId.NotFound',
  );
  const none = await ec2.send(
    new DescribeLaunchTemplatesCommand({
      Filters: [{ Name: 'launch-template-name', Values: ['orchard'] }],
    }),
  );
  assert.deepEqual(none.LaunchTemplates, []);
});

test('user data has its limit, before base64', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  await create(ec2, 'just-right', { UserData: userData(16_384) });
  await refuses(
    create(ec2, 'too-much', { UserData: userData(16_385) }),
    'InvalidParameterValue',
    /User data is limited to 16384 bytes/,
  );
  await refuses(
    create(ec2, 'plain', { UserData: '#cloud-config: plain' }),
    'InvalidUserData.Malformed',
  );
});
