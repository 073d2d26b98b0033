import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import { checkForm } from './identifiers.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region, Subnet } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';

/** @throws Ec2Failure `InvalidVpcID.NotFound` or `.Malformed` */
export const checkVpc = (region: Region, id: string): void => {
  checkForm('VpcID', 'vpc', id);
  if (id !== region.vpcId) {
    throw new Ec2Failure('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  }
};

/** @throws Ec2Failure `InvalidSubnetID.NotFound` or `.Malformed` */
export const subnetOf = (region: Region, id: string): Subnet => {
  checkForm('SubnetID', 'subnet', id);
  const subnet = region.subnets.find((candidate) => candidate.id === id);
  if (subnet === undefined) {
    throw new Ec2Failure('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  }
  return subnet;
};

const vpcCidrBlock = '172.31.0.0/16';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const describeVpcs: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('VpcId');
  for (const id of ids) checkVpc(region, id);
  refusePagesOfIds(parameters, ids, 'vpcSet');
  const found = select(
    parameters,
    [region.vpcId],
    {
      'vpc-id': (id) => [id],
      'is-default': () => ['true'],
      isDefault: () => ['true'],
      state: () => ['available'],
      cidr: () => [vpcCidrBlock],
      'owner-id': () => [accountId],
    },
    (id) => tagsOf(region, id),
  );
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    vpcSet: page.items.map((vpcId) => ({
      vpcId,
      ownerId: accountId,
      state: 'available',
      cidrBlock: vpcCidrBlock,
      isDefault: true,
      instanceTenancy: 'default',
      tagSet: tagSet(tagsOf(region, vpcId)),
    })),
    nextToken: page.nextToken,
  });
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const describeSubnets: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('SubnetId');
  for (const id of ids) subnetOf(region, id);
  refusePagesOfIds(parameters, ids, 'subnetSet');
  const found = select(
    parameters,
    region.subnets,
    {
      'subnet-id': (subnet) => [subnet.id],
      'vpc-id': () => [region.vpcId],
      'availability-zone': (subnet) => [subnet.zone.name],
      availabilityZone: (subnet) => [subnet.zone.name],
      'availability-zone-id': (subnet) => [subnet.zone.id],
      'default-for-az': () => ['true'],
      defaultForAz: () => ['true'],
      'map-public-ip-on-launch': () => ['true'],
      'cidr-block': (subnet) => [subnet.cidrBlock],
      state: () => ['available'],
      'owner-id': () => [accountId],
    },
    (subnet) => tagsOf(region, subnet.id),
  ).filter((subnet) => ids.length === 0 || ids.includes(subnet.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    subnetSet: page.items.map((subnet) => ({
      subnetId: subnet.id,
      vpcId: region.vpcId,
      ownerId: accountId,
      state: 'available',
      cidrBlock: subnet.cidrBlock,
      availabilityZone: subnet.zone.name,
      availabilityZoneId: subnet.zone.id,
      availableIpAddressCount: 4091 - usersOf(region, subnet),
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      tagSet: tagSet(tagsOf(region, subnet.id)),
    })),
    nextToken: page.nextToken,
  });
};

const usersOf = (region: Region, subnet: Subnet): number =>
  [...region.instances.values()].filter(
    (instance) => instance.subnet === subnet && instance.state !== 'terminated',
  ).length;
