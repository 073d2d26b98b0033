import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  groupSet,
  imageSet,
  instanceTypeSet,
  keySet,
  offeringSet,
  ours,
  permission,
  templateSet,
} from './account.ts';
import { patient, publicKey, startRegion } from './region.ts';

const userData = '#cloud-config\n{}\n';

test('everything that a launch needs is made, tagged, in an empty account', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { region: { tags: { team: 'fruit' } } },
  );
  await cloud.prepare({ userData }, patient());

  const group = endpoint.of('CreateSecurityGroup')[0]?.form ?? {};
  assert.equal(group.GroupName, 'spot-tui-orchard');
  assert.equal(group.VpcId, 'vpc-default');
  assert.equal(group['TagSpecification.1.ResourceType'], 'security-group');
  assert.deepEqual(tagsOf(group, 'TagSpecification.1.'), {
    Name: 'spot-tui-orchard',
    'spot-tui:deployment': 'orchard',
    'spot-tui:version': '0.1.0',
    team: 'fruit',
  });

  const rule = endpoint.of('AuthorizeSecurityGroupIngress')[0]?.form ?? {};
  assert.equal(rule.GroupId, 'sg-ours');
  assert.equal(rule['IpPermissions.1.FromPort'], '22');
  assert.equal(rule['IpPermissions.1.IpRanges.1.CidrIp'], '203.0.113.7/32');
  assert.equal(rule['IpPermissions.2.IpProtocol'], undefined);

  const key = endpoint.of('ImportKeyPair')[0]?.form ?? {};
  assert.match(key.KeyName ?? '', /^spot-tui-orchard-[0-9a-f]{8}$/);
  assert.equal(Buffer.from(key.PublicKeyMaterial ?? '', 'base64').toString(), publicKey);
  assert.equal(key['TagSpecification.1.ResourceType'], 'key-pair');

  const template = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  const data = (name: string) => template[`LaunchTemplateData.${name}`];
  assert.equal(template.LaunchTemplateName, 'spot-tui-orchard');
  assert.equal(template['TagSpecification.1.ResourceType'], 'launch-template');
  assert.equal(data('ImageId'), 'ami-1');
  assert.equal(data('KeyName'), key.KeyName);
  assert.equal(data('InstanceType'), undefined);
  assert.equal(Buffer.from(data('UserData') ?? '', 'base64').toString(), userData);
  assert.equal(data('MetadataOptions.HttpTokens'), 'required');
  assert.equal(data('BlockDeviceMapping.1.DeviceName'), '/dev/sda1');
  assert.equal(data('BlockDeviceMapping.1.Ebs.VolumeType'), 'gp3');
  assert.equal(data('BlockDeviceMapping.1.Ebs.VolumeSize'), '50');
  assert.equal(data('BlockDeviceMapping.1.Ebs.Encrypted'), 'true');
  assert.equal(data('NetworkInterface.1.AssociatePublicIpAddress'), 'true');
  assert.equal(data('NetworkInterface.1.SecurityGroupId.1'), 'sg-ours');
  assert.equal(data('TagSpecification.1.ResourceType'), 'volume');
  const volumeTags = tagsOf(template, 'LaunchTemplateData.TagSpecification.1.');
  assert.equal(volumeTags['spot-tui:deployment'], 'orchard');
  assert.equal(volumeTags['spot-tui:generation'], undefined);
});

test('the image for auto is the latest Ubuntu 24.04 of the type’s architecture', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {
      DescribeInstanceTypes:
        '<instanceTypeSet><item><instanceType>t4g.medium</instanceType><processorInfo>' +
        '<supportedArchitectures><item>arm64</item></supportedArchitectures></processorInfo></item>' +
        '</instanceTypeSet>',
      DescribeInstanceTypeOfferings:
        '<instanceTypeOfferingSet><item><instanceType>t4g.medium</instanceType>' +
        '<location>us-west-2a</location></item></instanceTypeOfferingSet>',
      DescribeImages: imageSet([
        { id: 'ami-old', date: '2025-01-01T00:00:00.000Z', architecture: 'arm64' },
        { id: 'ami-new', date: '2026-06-01T00:00:00.000Z', architecture: 'arm64' },
        { id: 'ami-middle', date: '2026-01-01T00:00:00.000Z', architecture: 'arm64' },
      ]),
    },
    { region: { instanceTypes: ['t4g.medium'] } },
  );
  await cloud.prepare({ userData }, patient());
  const question = endpoint.of('DescribeImages')[0]?.form ?? {};
  assert.equal(question['Owner.1'], '099720109477');
  assert.equal(
    question['Filter.1.Value.1'],
    'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*',
  );
  const template = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  assert.equal(template['LaunchTemplateData.ImageId'], 'ami-new');
});

/** Two types of two architectures in one zone, and an image for each. */
const twoArchitectures = {
  DescribeInstanceTypes: instanceTypeSet({ 't3.medium': 'x86_64', 't4g.medium': 'arm64' }),
  DescribeInstanceTypeOfferings: offeringSet([
    ['t3.medium', 'us-west-2a'],
    ['t4g.medium', 'us-west-2a'],
  ]),
  DescribeImages: (form: Readonly<Record<string, string>>) =>
    JSON.stringify(form).includes('arm64')
      ? imageSet([{ id: 'ami-arm', architecture: 'arm64' }])
      : imageSet([{ id: 'ami-intel', architecture: 'x86_64' }]),
};

test('types of two architectures are launched each with its own image', async (context) => {
  const { cloud, endpoint } = await startRegion(context, twoArchitectures, {
    region: { instanceTypes: ['t3.medium', 't4g.medium'] },
  });
  await cloud.launch({ count: 1, userData }, patient());
  const template = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  assert.equal(template['LaunchTemplateData.ImageId'], 'ami-intel');
  const fleet = endpoint.of('CreateFleet')[0]?.form ?? {};
  const override = (number: number) =>
    ['InstanceType', 'ImageId'].map(
      (name) => fleet[`LaunchTemplateConfigs.1.Overrides.${number}.${name}`],
    );
  assert.deepEqual(
    [override(1), override(2)],
    [
      ['t3.medium', undefined],
      ['t4g.medium', 'ami-arm'],
    ],
  );
});

test('an image is launched on the types of its architecture, and the others are named', async (context) => {
  const troubles: string[] = [];
  const { cloud, endpoint } = await startRegion(
    context,
    { ...twoArchitectures, DescribeImages: imageSet([{ id: 'ami-1', architecture: 'arm64' }]) },
    {
      region: { instanceTypes: ['t3.medium', 't4g.medium'], image: 'ami-1' },
      options: { onTrouble: ({ message }) => troubles.push(message) },
    },
  );
  await cloud.launch({ count: 1, userData }, patient());
  assert.deepEqual(troubles, [
    'us-west-2: the image ami-1 is for arm64, but t3.medium is x86_64: nothing is launched on t3.medium',
  ]);
  const fleet = endpoint.of('CreateFleet')[0]?.form ?? {};
  assert.equal(fleet['LaunchTemplateConfigs.1.Overrides.1.InstanceType'], 't4g.medium');
  assert.equal(fleet['LaunchTemplateConfigs.1.Overrides.2.InstanceType'], undefined);
});

test('what is there is reused, and nothing is made twice', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.prepare({ userData }, patient());
  const made = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  endpoint.on(
    'DescribeSecurityGroups',
    groupSet([
      { id: 'sg-ours', name: 'spot-tui-orchard', permissions: permission(22, '203.0.113.7/32') },
    ]),
  );
  endpoint.on('DescribeKeyPairs', (form) => keySet([{ name: form['Filter.1.Value.1'] ?? '' }]));
  endpoint.on(
    'DescribeLaunchTemplates',
    templateSet([{ id: 'lt-ours', name: 'spot-tui-orchard' }]),
  );
  endpoint.on('DescribeLaunchTemplateVersions', latestVersion(made.VersionDescription ?? ''));
  const before = endpoint.requests.length;
  await cloud.prepare({ userData }, patient());
  const actions = endpoint.requests.slice(before).map(({ action }) => action);
  assert.deepEqual(
    actions.filter((action) => !action.startsWith('Describe')),
    [],
  );
});

test('changed user data makes a new version of the launch template', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    DescribeLaunchTemplates: templateSet([{ id: 'lt-ours', name: 'spot-tui-orchard' }]),
    DescribeLaunchTemplateVersions: latestVersion('sha256:of something else'),
    CreateLaunchTemplateVersion:
      '<launchTemplateVersion><launchTemplateId>lt-ours</launchTemplateId>' +
      '<versionNumber>2</versionNumber></launchTemplateVersion>',
  });
  await cloud.prepare({ userData }, patient());
  assert.equal(endpoint.of('CreateLaunchTemplate').length, 0);
  const version = endpoint.of('CreateLaunchTemplateVersion')[0]?.form ?? {};
  assert.equal(version.LaunchTemplateId, 'lt-ours');
  assert.equal(
    Buffer.from(version['LaunchTemplateData.UserData'] ?? '', 'base64').toString(),
    userData,
  );
  await cloud.launch({ count: 1, userData }, patient());
  const fleet = endpoint.of('CreateFleet')[0]?.form ?? {};
  assert.equal(fleet['LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version'], '2');
});

test('a rule that the group lacks is added, and the others are left alone', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {
      DescribeSecurityGroups: groupSet([
        {
          id: 'sg-ours',
          name: 'spot-tui-orchard',
          permissions: permission(22, '198.51.100.1/32') + permission(4222, '0.0.0.0/0'),
        },
      ]),
    },
    { network: { openPorts: [4222] } },
  );
  await cloud.prepare({ userData }, patient());
  const [added, ...more] = endpoint.of('AuthorizeSecurityGroupIngress');
  assert.deepEqual(more, []);
  assert.equal(added?.form['IpPermissions.1.FromPort'], '22');
  assert.equal(added?.form['IpPermissions.1.IpRanges.1.CidrIp'], '203.0.113.7/32');
  assert.equal(added?.form['IpPermissions.2.Ipv6Ranges.1.CidrIpv6'], '::/0');
  assert.equal(added?.form['IpPermissions.3.FromPort'], undefined);
  assert.equal(endpoint.of('RevokeSecurityGroupIngress').length, 0);
});

test('without configured addresses SSH is open to the caller’s own one only', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {}, { network: { sshAllowedCidrs: [] } });
  await cloud.prepare({ userData }, patient());
  const rule = endpoint.of('AuthorizeSecurityGroupIngress')[0]?.form ?? {};
  assert.equal(rule['IpPermissions.1.IpRanges.1.CidrIp'], '127.0.0.1/32');
  assert.equal(rule['IpPermissions.1.IpRanges.2.CidrIp'], undefined);
});

test('rules that another create added at the same time are no error', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {}, { network: { openPorts: [4222] } });
  endpoint.on('AuthorizeSecurityGroupIngress', (form) =>
    Object.values(form).includes('203.0.113.7/32')
      ? {
          code: 'InvalidPermission.Duplicate',
          message:
            'the specified rule "peer: 203.0.113.7/32, TCP, from port: 22, to port: 22, ALLOW" already exists',
        }
      : '<return>true</return>',
  );
  await cloud.prepare({ userData }, patient());
  const ports = endpoint
    .of('AuthorizeSecurityGroupIngress')
    .slice(1)
    .map(({ form }) => form['IpPermissions.1.FromPort']);
  assert.deepEqual(ports, ['22', '4222', '4222']);
});

test('a group that was made a moment ago may take a moment to be found', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('AuthorizeSecurityGroupIngress', (_, nth) =>
    nth < 2
      ? { code: 'InvalidGroup.NotFound', message: "The security group 'sg-ours' does not exist" }
      : '<return>true</return>',
  );
  await cloud.prepare({ userData }, patient());
  assert.equal(endpoint.of('AuthorizeSecurityGroupIngress').length, 3);
});

test('a configured key pair is used as it is', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    { DescribeKeyPairs: keySet([{ name: 'my-key', tags: {} }]) },
    { ssh: { keyName: 'my-key' } },
  );
  await cloud.prepare({ userData }, patient());
  assert.equal(endpoint.of('ImportKeyPair').length, 0);
  const template = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  assert.equal(template['LaunchTemplateData.KeyName'], 'my-key');
});

test('configured security groups are attached by id or by name', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { network: { securityGroups: ['sg-0123', 'backup'] } },
  );
  endpoint.on('DescribeSecurityGroups', (form) =>
    form['Filter.2.Name'] === 'group-id'
      ? groupSet([{ id: 'sg-0123', name: 'monitoring', tags: {} }])
      : groupSet([{ id: 'sg-4567', name: 'backup', tags: {} }]),
  );
  await cloud.prepare({ userData }, patient());
  const template = endpoint.of('CreateLaunchTemplate')[0]?.form ?? {};
  const groups = [1, 2, 3].map(
    (number) => template[`LaunchTemplateData.NetworkInterface.1.SecurityGroupId.${number}`],
  );
  assert.deepEqual(groups, ['sg-ours', 'sg-0123', 'sg-4567']);
});

test('two creates at once share what the faster one made', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    DescribeLaunchTemplateVersions: latestVersion('sha256:of something else'),
    CreateLaunchTemplateVersion:
      '<launchTemplateVersion><versionNumber>3</versionNumber></launchTemplateVersion>',
    ImportKeyPair: {
      code: 'InvalidKeyPair.Duplicate',
      message: "The keypair 'spot-tui-orchard' already exists.",
    },
  });
  endpoint.on('CreateSecurityGroup', () => {
    endpoint.on(
      'DescribeSecurityGroups',
      groupSet([{ id: 'sg-theirs', name: 'spot-tui-orchard' }]),
    );
    return {
      code: 'InvalidGroup.Duplicate',
      message: "The security group 'spot-tui-orchard' already exists for VPC 'vpc-default'",
    };
  });
  endpoint.on('CreateLaunchTemplate', () => {
    endpoint.on(
      'DescribeLaunchTemplates',
      templateSet([{ id: 'lt-theirs', name: 'spot-tui-orchard' }]),
    );
    return {
      code: 'InvalidLaunchTemplateName.AlreadyExistsException',
      message: 'Launch template name already in use.',
    };
  });
  await cloud.prepare({ userData }, patient());
  assert.equal(endpoint.of('AuthorizeSecurityGroupIngress')[0]?.form.GroupId, 'sg-theirs');
  assert.equal(endpoint.of('CreateLaunchTemplateVersion')[0]?.form.LaunchTemplateId, 'lt-theirs');
});

test('the tags of spot-tui can not be configured away', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { region: { tags: { 'spot-tui:deployment': 'other', Name: 'mine' } } },
  );
  await cloud.prepare({ userData }, patient());
  const tags = tagsOf(endpoint.of('CreateSecurityGroup')[0]?.form ?? {}, 'TagSpecification.1.');
  assert.deepEqual(tags, { ...ours, Name: 'mine' });
});

const tagsOf = (form: Readonly<Record<string, string>>, prefix: string): Record<string, string> => {
  const tags: Record<string, string> = {};
  for (let number = 1; `${prefix}Tag.${number}.Key` in form; number += 1) {
    tags[form[`${prefix}Tag.${number}.Key`] ?? ''] = form[`${prefix}Tag.${number}.Value`] ?? '';
  }
  return tags;
};

const latestVersion = (description: string): string =>
  '<launchTemplateVersionSet><item><launchTemplateId>lt-ours</launchTemplateId>' +
  `<versionNumber>1</versionNumber><versionDescription>${description}</versionDescription>` +
  '<defaultVersion>true</defaultVersion></item></launchTemplateVersionSet>';
