import type { Action } from './call.ts';
import { containsBlock, overlap, readCidrBlock } from './cidr-block.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, invalidValue, missingParameter, notImplemented } from './failure.ts';
import { select } from './filters.ts';
import { checkForm, newId } from './identifiers.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';
import { vpcOf } from './vpcs.ts';
import type { XmlFields } from './xml.ts';
import type { Zone } from './zones.ts';

/** A part of a VPC, in one zone. */
export type Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: Zone;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  /** Whether instances get a public address that don't say. */
  mapsPublicIp: boolean;
};

/** @throws Ec2Failure `InvalidSubnetID.NotFound` or `.Malformed` */
export const subnetOf = (region: Region, id: string): Subnet => {
  checkForm('SubnetID', 'subnet', id);
  const subnet = region.subnets.get(id);
  if (subnet === undefined) {
    throw new Ec2Failure('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  }
  return subnet;
};

/** Where instances go that name no subnet. */
export const defaultSubnets = (region: Region): Subnet[] =>
  [...region.subnets.values()].filter(({ isDefault }) => isDefault);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const createSubnet: Action = ({ region, parameters }) => {
  const vpc = vpcOf(region, parameters.required('VpcId'));
  if (parameters.flag('Ipv6Native') === true) throw notImplemented('IPv6 in subnets');
  const block = readCidrBlock(parameters.required('CidrBlock'));
  const tags = tagsFor(tagSpecifications(parameters, ['subnet']), 'subnet');
  const zoneName = parameters.text('AvailabilityZone');
  const zone = region.zones.find(({ name }) => zoneName === undefined || name === zoneName);
  if (zone === undefined) {
    const names = region.zones.map(({ name }) => name).join(', ');
    throw invalidValue(
      `Value (${zoneName}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${names}.`,
    );
  }
  const isInside = containsBlock(readCidrBlock(vpc.cidrBlock), block);
  if (!isInside || block.prefix > 28) {
    throw new Ec2Failure('InvalidSubnet.Range', `The CIDR '${block.text}' is invalid.`);
  }
  const others = [...region.subnets.values()].filter(({ vpcId }) => vpcId === vpc.id);
  if (others.some(({ cidrBlock }) => overlap(readCidrBlock(cidrBlock), block))) {
    throw new Ec2Failure(
      'InvalidSubnet.Conflict',
      `The CIDR '${block.text}' conflicts with another subnet`,
    );
  }
  return () => {
    const subnet: Subnet = {
      id: newId('subnet'),
      vpcId: vpc.id,
      zone,
      cidrBlock: block.text,
      isDefault: false,
      mapsPublicIp: false,
    };
    region.subnets.set(subnet.id, subnet);
    putTags(region, subnet.id, tags);
    return { subnet: describeSubnet(region, subnet) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const describeSubnets: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('SubnetId');
  for (const id of ids) subnetOf(region, id);
  refusePagesOfIds(parameters, ids, 'subnetSet');
  const found = select(
    parameters,
    region.subnets.values(),
    {
      'subnet-id': (subnet) => [subnet.id],
      'vpc-id': (subnet) => [subnet.vpcId],
      'availability-zone': (subnet) => [subnet.zone.name],
      availabilityZone: (subnet) => [subnet.zone.name],
      'availability-zone-id': (subnet) => [subnet.zone.id],
      'default-for-az': (subnet) => [String(subnet.isDefault)],
      defaultForAz: (subnet) => [String(subnet.isDefault)],
      'map-public-ip-on-launch': (subnet) => [String(subnet.mapsPublicIp)],
      'cidr-block': (subnet) => [subnet.cidrBlock],
      state: () => ['available'],
      'owner-id': () => [accountId],
    },
    (subnet) => tagsOf(region, subnet.id),
  ).filter((subnet) => ids.length === 0 || ids.includes(subnet.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    subnetSet: page.items.map((subnet) => describeSubnet(region, subnet)),
    nextToken: page.nextToken,
  });
};

const describeSubnet = (region: Region, subnet: Subnet): XmlFields => ({
  subnetId: subnet.id,
  vpcId: subnet.vpcId,
  ownerId: accountId,
  state: 'available',
  cidrBlock: subnet.cidrBlock,
  availabilityZone: subnet.zone.name,
  availabilityZoneId: subnet.zone.id,
  // EC2 keeps five addresses of each subnet to itself.
  availableIpAddressCount: readCidrBlock(subnet.cidrBlock).size - 5 - usersOf(region, subnet),
  defaultForAz: subnet.isDefault,
  mapPublicIpOnLaunch: subnet.mapsPublicIp,
  assignIpv6AddressOnCreation: false,
  ipv6Native: false,
  ipv6CidrBlockAssociationSet: [],
  tagSet: tagSet(tagsOf(region, subnet.id)),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
export const modifySubnetAttribute: Action = ({ region, parameters }) => {
  const subnet = subnetOf(region, parameters.required('SubnetId'));
  const mapsPublicIp = parameters.structure('MapPublicIpOnLaunch')?.flag('Value');
  if (mapsPublicIp === undefined) throw missingParameter('MapPublicIpOnLaunch');
  return () => {
    subnet.mapsPublicIp = mapsPublicIp;
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
export const deleteSubnet: Action = ({ region, parameters }) => {
  const subnet = subnetOf(region, parameters.required('SubnetId'));
  if (usersOf(region, subnet) > 0) {
    throw new Ec2Failure(
      'DependencyViolation',
      `The subnet '${subnet.id}' has dependencies and cannot be deleted.`,
    );
  }
  return () => {
    region.subnets.delete(subnet.id);
    region.tags.delete(subnet.id);
    return { return: true };
  };
};

const usersOf = (region: Region, subnet: Subnet): number =>
  [...region.instances.values()].filter(
    (instance) => instance.subnet === subnet && instance.state !== 'terminated',
  ).length;
