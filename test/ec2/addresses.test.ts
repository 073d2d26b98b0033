import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOwnIpv6Block } from '../../source/ec2/own-ipv6.ts';
import { emptyAccount, ours, tagSet } from './account.ts';
import type { RecordedRequest } from './recording-endpoint.ts';
import { patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const userData = '#cloud-config\n';

const subnet = (
  id: string,
  zone: string,
  { native = false, assigns = false }: { native?: boolean; assigns?: boolean } = {},
): string =>
  `<item><subnetId>${id}</subnetId><state>available</state><vpcId>vpc-1</vpcId>` +
  `<availableIpAddressCount>${native ? 0 : 251}</availableIpAddressCount>` +
  `<ipv6Native>${native}</ipv6Native>` +
  `<assignIpv6AddressOnCreation>${assigns}</assignIpv6AddressOnCreation>` +
  `<availabilityZone>${zone}</availabilityZone></item>`;

const subnets = (...all: readonly string[]) => ({
  DescribeSubnets: `<subnetSet>${all.join('')}</subnetSet>`,
});

const native = { native: true } as const;
const vpc = (blocks = '') =>
  `<vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.1.0.0/16</cidrBlock>${blocks}</item></vpcSet>`;

const instance = (addresses: string) => ({
  DescribeInstances:
    '<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>' +
    `<instanceState><name>running</name></instanceState>${addresses}${tagSet(ours)}` +
    '</item></instancesSet></item></reservationSet>',
});

/** What a launch template says of an instance's addresses. */
const addressing = (template: RecordedRequest | undefined) => {
  const form = template?.form ?? {};
  const prefix = 'LaunchTemplateData.';
  return {
    public: form[`${prefix}NetworkInterface.1.AssociatePublicIpAddress`],
    ipv6: form[`${prefix}NetworkInterface.1.Ipv6AddressCount`],
    metadata: form[`${prefix}MetadataOptions.HttpProtocolIpv6`],
  };
};

/** Who may reach SSH. */
const sources = (request: RecordedRequest | undefined): string[] =>
  Object.entries(request?.form ?? {})
    .filter(([name]) => /Cidr(Ip|Ipv6)$/.test(name))
    .map(([, value]) => value);

test('in subnets with IPv6 only, instances ask for such an address and for nothing else', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    subnets(subnet('subnet-a', 'us-west-2a', native), subnet('subnet-b', 'us-west-2b', native)),
    { network: { vpcId: 'vpc-1' } },
  );
  await cloud.prepare({ userData }, patient());
  assert.deepEqual(addressing(endpoint.of('CreateLaunchTemplate')[0]), {
    public: undefined,
    ipv6: '1',
    metadata: 'enabled',
  });
  const yes = { code: 'DryRunOperation', message: 'Request would have succeeded.', status: 412 };
  for (const action of ['RunInstances', 'CreateSecurityGroup', 'ImportKeyPair']) {
    endpoint.on(action, yes);
  }
  endpoint.on('CreateLaunchTemplate', yes);
  await cloud.rehearse({ count: 1, userData }, patient());
  const dry = endpoint.of('RunInstances')[0]?.form ?? {};
  assert.equal(dry['NetworkInterface.1.AssociatePublicIpAddress'], undefined);
  assert.equal(dry['NetworkInterface.1.Ipv6AddressCount'], '1');
  assert.equal(dry['NetworkInterface.1.SubnetId'], 'subnet-a');
});

test('where the subnets give IPv6 addresses by themselves, none is asked for', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    subnets(
      subnet('subnet-a', 'us-west-2a', { native: true, assigns: true }),
      subnet('subnet-b', 'us-west-2b', { native: true, assigns: true }),
    ),
    { network: { vpcId: 'vpc-1' } },
  );
  await cloud.prepare({ userData }, patient());
  assert.deepEqual(addressing(endpoint.of('CreateLaunchTemplate')[0]), {
    public: undefined,
    ipv6: undefined,
    metadata: 'enabled',
  });
});

test('beside subnets with IPv4, those without are left alone', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    subnets(
      subnet('subnet-a', 'us-west-2a', native),
      subnet('subnet-a4', 'us-west-2a', { assigns: true }),
      subnet('subnet-b', 'us-west-2b', native),
    ),
    { network: { vpcId: 'vpc-1' } },
  );
  await cloud.launch({ count: 1, userData }, patient());
  assert.deepEqual(addressing(endpoint.of('CreateLaunchTemplate')[0]), {
    public: 'true',
    ipv6: undefined,
    metadata: undefined,
  });
  const fleet = endpoint.of('CreateFleet')[0]?.form ?? {};
  assert.deepEqual(
    Object.entries(fleet).flatMap(([name, value]) => (name.endsWith('SubnetId') ? [value] : [])),
    ['subnet-a4'],
  );
});

test('a jump host reaches nodes from within their VPC, at private addresses', async (context) => {
  const blocks =
    '<cidrBlockAssociationSet>' +
    '<item><cidrBlock>10.1.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>' +
    '<item><cidrBlock>10.9.0.0/16</cidrBlock><cidrBlockState><state>disassociated</state></cidrBlockState></item>' +
    '</cidrBlockAssociationSet><ipv6CidrBlockAssociationSet>' +
    '<item><ipv6CidrBlock>2001:db8:1::/56</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>' +
    '</ipv6CidrBlockAssociationSet>';
  const { cloud, endpoint } = await startRegion(
    context,
    {
      DescribeVpcs: vpc(blocks),
      ...subnets(subnet('subnet-a', 'us-west-2a')),
      ...instance(
        '<ipAddress>198.51.100.7</ipAddress><privateIpAddress>10.1.2.3</privateIpAddress>',
      ),
    },
    {
      network: { subnetId: 'subnet-a', sshAllowedCidrs: [], associatePublicIp: false },
      ssh: { jumpHost: { username: 'gate', host: '203.0.113.1', port: 22 } },
    },
  );
  await cloud.prepare({ userData }, patient());
  assert.deepEqual(sources(endpoint.of('AuthorizeSecurityGroupIngress')[0]), [
    '10.1.0.0/16',
    '2001:db8:1::/56',
  ]);
  assert.equal((await cloud.describe(patient()))[0]?.address, '10.1.2.3');
});

test('without one they are reached at the address that is the most public', async (context) => {
  const { cloud, endpoint } = await startRegion(context, instance(''));
  const addressOf = async (addresses: string) => {
    endpoint.on('DescribeInstances', instance(addresses).DescribeInstances);
    return (await cloud.describe(patient()))[0]?.address;
  };
  const ipv6 = '<ipv6Address>2001:db8::7</ipv6Address>';
  const inside = '<privateIpAddress>10.1.2.3</privateIpAddress>';
  assert.equal(
    await addressOf(`${inside}${ipv6}<ipAddress>198.51.100.7</ipAddress>`),
    '198.51.100.7',
  );
  assert.equal(await addressOf(`${inside}${ipv6}`), '2001:db8::7');
  assert.equal(await addressOf(inside), '10.1.2.3');
});

test('a machine without IPv6 is told so before anything is launched', async () => {
  const error = await rejection(findOwnIpv6Block({ region: 'us-west-2' }, 'not an address'));
  assert.match(error.message, /have IPv6 addresses only, and this machine has no way to them/);
  assert.match(error.hint, /"jump_host".*"ssh_allowed_cidrs"/);
});

test('the own block is that of the network, as EC2 writes it', async (context) => {
  try {
    assert.equal(await findOwnIpv6Block({ region: 'us-west-2' }, '::1'), '::/64');
  } catch (error) {
    context.skip(`there is no IPv6 here: ${String(error)}`);
  }
});

test('what opens for everybody opens for IPv6 too', async (context) => {
  const { cloud, endpoint } = await startRegion(context, emptyAccount(), {
    network: { sshAllowedCidrs: ['2001:db8::/64'], openPorts: [4222] },
  });
  await cloud.prepare({ userData }, patient());
  assert.deepEqual(sources(endpoint.of('AuthorizeSecurityGroupIngress')[0]), [
    '2001:db8::/64',
    '0.0.0.0/0',
    '::/0',
  ]);
});
