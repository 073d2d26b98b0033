import type { Action } from './call.ts';
import { readCidrBlock } from './cidr-block.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, missingParameter, notImplemented } from './failure.ts';
import { select } from './filters.ts';
import { checkForm, newId } from './identifiers.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { mainRouteTable } from './route-tables.ts';
import { defaultSecurityGroup } from './security-group.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';
import type { XmlFields } from './xml.ts';

/** A network of an account's own. */
export type Vpc = {
  readonly id: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  dnsSupport: boolean;
  dnsHostnames: boolean;
};

/** What an account may have in a region unless it asks for more. */
const mostVpcs = 5;

/** @throws Ec2Failure `InvalidVpcID.NotFound` or `.Malformed` */
export const vpcOf = (region: Region, id: string): Vpc => {
  checkForm('VpcID', 'vpc', id);
  const vpc = region.vpcs.get(id);
  if (vpc === undefined) {
    throw new Ec2Failure('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  }
  return vpc;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const createVpc: Action = ({ region, parameters }) => {
  parameters.accept('InstanceTenancy');
  if (parameters.flag('AmazonProvidedIpv6CidrBlock') === true) throw notImplemented('IPv6 in VPCs');
  const block = readCidrBlock(parameters.required('CidrBlock'));
  const tags = tagsFor(tagSpecifications(parameters, ['vpc']), 'vpc');
  if (block.prefix < 16 || block.prefix > 28) {
    throw new Ec2Failure('InvalidVpc.Range', `The CIDR '${block.text}' is invalid.`);
  }
  if (region.vpcs.size >= mostVpcs) {
    throw new Ec2Failure('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  }
  return () => {
    const vpc: Vpc = {
      id: newId('vpc'),
      cidrBlock: block.text,
      isDefault: false,
      dnsSupport: true,
      dnsHostnames: false,
    };
    region.vpcs.set(vpc.id, vpc);
    const group = defaultSecurityGroup(newId('sg'), vpc.id);
    region.securityGroups.set(group.id, group);
    const table = mainRouteTable(newId('rtb'), vpc.id);
    region.routeTables.set(table.id, table);
    putTags(region, vpc.id, tags);
    return { vpc: describeVpc(region, vpc) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const describeVpcs: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('VpcId');
  for (const id of ids) vpcOf(region, id);
  refusePagesOfIds(parameters, ids, 'vpcSet');
  const found = select(
    parameters,
    region.vpcs.values(),
    {
      'vpc-id': (vpc) => [vpc.id],
      'is-default': (vpc) => [String(vpc.isDefault)],
      isDefault: (vpc) => [String(vpc.isDefault)],
      state: () => ['available'],
      cidr: (vpc) => [vpc.cidrBlock],
      'owner-id': () => [accountId],
    },
    (vpc) => tagsOf(region, vpc.id),
  ).filter((vpc) => ids.length === 0 || ids.includes(vpc.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    vpcSet: page.items.map((vpc) => describeVpc(region, vpc)),
    nextToken: page.nextToken,
  });
};

const describeVpc = (region: Region, vpc: Vpc): XmlFields => ({
  vpcId: vpc.id,
  ownerId: accountId,
  state: 'available',
  cidrBlock: vpc.cidrBlock,
  cidrBlockAssociationSet: [
    {
      associationId: vpc.id.replace('vpc-', 'vpc-cidr-assoc-'),
      cidrBlock: vpc.cidrBlock,
      cidrBlockState: { state: 'associated' },
    },
  ],
  isDefault: vpc.isDefault,
  instanceTenancy: 'default',
  tagSet: tagSet(tagsOf(region, vpc.id)),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const modifyVpcAttribute: Action = ({ region, parameters }) => {
  const vpc = vpcOf(region, parameters.required('VpcId'));
  const support = parameters.structure('EnableDnsSupport')?.flag('Value');
  const hostnames = parameters.structure('EnableDnsHostnames')?.flag('Value');
  if (support === undefined && hostnames === undefined) throw missingParameter('EnableDnsSupport');
  if (support !== undefined && hostnames !== undefined) {
    throw new Ec2Failure(
      'InvalidParameterCombination',
      'Only one attribute can be modified at a time.',
    );
  }
  return () => {
    vpc.dnsSupport = support ?? vpc.dnsSupport;
    vpc.dnsHostnames = hostnames ?? vpc.dnsHostnames;
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const describeVpcAttribute: Action = ({ region, parameters }) => {
  const vpc = vpcOf(region, parameters.required('VpcId'));
  const attribute = parameters.required('Attribute');
  if (attribute !== 'enableDnsSupport' && attribute !== 'enableDnsHostnames') {
    throw notImplemented(`the attribute '${attribute}' of VPCs`);
  }
  const value = attribute === 'enableDnsSupport' ? vpc.dnsSupport : vpc.dnsHostnames;
  return () => ({ vpcId: vpc.id, [attribute]: { value } });
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
export const deleteVpc: Action = ({ region, parameters }) => {
  const vpc = vpcOf(region, parameters.required('VpcId'));
  const groups = [...region.securityGroups.values()].filter(({ vpcId }) => vpcId === vpc.id);
  const isUsed =
    groups.some(({ name }) => name !== 'default') ||
    [...region.subnets.values()].some(({ vpcId }) => vpcId === vpc.id) ||
    [...region.internetGateways.values()].some(({ vpcId }) => vpcId === vpc.id);
  if (isUsed) {
    throw new Ec2Failure(
      'DependencyViolation',
      `The vpc '${vpc.id}' has dependencies and cannot be deleted.`,
    );
  }
  return () => {
    // What a VPC comes with goes with it.
    for (const { id } of groups) region.securityGroups.delete(id);
    for (const { id, vpcId } of region.routeTables.values()) {
      if (vpcId === vpc.id) region.routeTables.delete(id);
    }
    region.vpcs.delete(vpc.id);
    region.tags.delete(vpc.id);
    return { return: true };
  };
};
