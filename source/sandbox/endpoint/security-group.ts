import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { select } from './filters.ts';
import { checkForm, newId } from './identifiers.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import { permissionSet, type Rule } from './security-group-rules.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';
import { vpcOf } from './vpcs.ts';

/** A firewall around instances: what may come in. Everything may go out. */
export type SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  rules: readonly Rule[];
};

/** The group that a VPC comes with. */
export const defaultSecurityGroup = (id: string, vpcId: string): SecurityGroup => ({
  id,
  name: 'default',
  description: 'default VPC security group',
  vpcId,
  rules: [
    {
      id: newId('sgr'),
      protocol: '-1',
      fromPort: undefined,
      toPort: undefined,
      peer: { type: 'group', value: id },
      description: undefined,
    },
  ],
});

/** @throws Ec2Failure `InvalidGroup.NotFound` or `InvalidGroupId.Malformed` */
export const securityGroupOf = (region: Region, id: string): SecurityGroup => {
  checkForm('GroupId', 'sg', id);
  const group = region.securityGroups.get(id);
  if (group === undefined) throw unknownGroup(id);
  return group;
};

/** The group that a VPC came with. */
export const defaultGroupOf = (region: Region, vpcId: string): SecurityGroup => {
  const groups = [...region.securityGroups.values()];
  const group = groups.find((candidate) => candidate.vpcId === vpcId && isDefault(candidate));
  if (group === undefined) throw unknownGroup('default');
  return group;
};

const isDefault = ({ name }: SecurityGroup): boolean => name === 'default';

/** Names count in the default VPC only. @throws Ec2Failure `InvalidGroup.NotFound` */
export const securityGroupNamed = (region: Region, name: string): SecurityGroup => {
  const group = [...region.securityGroups.values()].find(
    (candidate) => candidate.name === name && candidate.vpcId === region.vpcId,
  );
  if (group === undefined) throw unknownGroup(name);
  return group;
};

/** The group that a request names by `GroupId` or `GroupName`. */
export const requestedGroup = (region: Region, parameters: Parameters): SecurityGroup => {
  const id = parameters.text('GroupId');
  const name = parameters.text('GroupName');
  if (id !== undefined) return securityGroupOf(region, id);
  if (name !== undefined) return securityGroupNamed(region, name);
  throw missingParameter('GroupId');
};

const unknownGroup = (name: string): Ec2Failure =>
  new Ec2Failure('InvalidGroup.NotFound', `The security group '${name}' does not exist`);

const groupArn = (region: Region, group: SecurityGroup): string =>
  `arn:aws:ec2:${region.name}:${accountId}:security-group/${group.id}`;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const createSecurityGroup: Action = ({ region, parameters }) => {
  const name = parameters.required('GroupName');
  const description = parameters.required('GroupDescription');
  const vpcId = parameters.text('VpcId') ?? region.vpcId;
  vpcOf(region, vpcId);
  const tags = tagsFor(tagSpecifications(parameters, ['security-group']), 'security-group');
  for (const [what, text] of [
    ['GroupName', name],
    ['GroupDescription', description],
  ] as const) {
    if (text.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(text)) {
      throw invalidValue(
        `Value (${text}) for parameter ${what} is invalid. Character sets beyond ASCII are not supported.`,
      );
    }
  }
  if (name.startsWith('sg-')) {
    throw invalidValue(
      `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
    );
  }
  const groups = [...region.securityGroups.values()];
  if (groups.some((group) => group.name === name && group.vpcId === vpcId)) {
    throw new Ec2Failure(
      'InvalidGroup.Duplicate',
      `The security group '${name}' already exists for VPC '${vpcId}'`,
    );
  }
  return () => {
    const group: SecurityGroup = { id: newId('sg'), name, description, vpcId, rules: [] };
    region.securityGroups.set(group.id, group);
    putTags(region, group.id, tags);
    return {
      return: true,
      groupId: group.id,
      securityGroupArn: groupArn(region, group),
      tagSet: tagSet(tags),
    };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const describeSecurityGroups: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('GroupId');
  const names = parameters.texts('GroupName');
  for (const id of ids) securityGroupOf(region, id);
  for (const name of names) securityGroupNamed(region, name);
  refusePagesOfIds(parameters, ids, 'groupIdSet');
  const found = select(
    parameters,
    region.securityGroups.values(),
    {
      'group-id': (group) => [group.id],
      'group-name': (group) => [group.name],
      description: (group) => [group.description],
      'vpc-id': (group) => [group.vpcId],
      'owner-id': () => [accountId],
      'ip-permission.cidr': (group) => peersOf(group, 'ipv4'),
      'ip-permission.ipv6-cidr': (group) => peersOf(group, 'ipv6'),
      'ip-permission.group-id': (group) => peersOf(group, 'group'),
      'ip-permission.protocol': (group) => group.rules.map((rule) => rule.protocol),
      'ip-permission.from-port': (group) => group.rules.map((rule) => String(rule.fromPort)),
      'ip-permission.to-port': (group) => group.rules.map((rule) => String(rule.toPort)),
    },
    (group) => tagsOf(region, group.id),
  )
    .filter((group) => ids.length === 0 || ids.includes(group.id))
    .filter((group) => names.length === 0 || names.includes(group.name));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    securityGroupInfo: page.items.map((group) => ({
      ownerId: accountId,
      groupId: group.id,
      groupName: group.name,
      groupDescription: group.description,
      vpcId: group.vpcId,
      securityGroupArn: groupArn(region, group),
      ipPermissions: permissionSet(group.rules),
      ipPermissionsEgress: [
        {
          ipProtocol: '-1',
          groups: [],
          ipRanges: [{ cidrIp: '0.0.0.0/0' }],
          ipv6Ranges: [],
          prefixListIds: [],
        },
      ],
      tagSet: tagSet(tagsOf(region, group.id)),
    })),
    nextToken: page.nextToken,
  });
};

const peersOf = (group: SecurityGroup, type: Rule['peer']['type']): string[] =>
  group.rules.filter((rule) => rule.peer.type === type).map((rule) => rule.peer.value);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
export const deleteSecurityGroup: Action = ({ region, parameters }) => {
  const group = requestedGroup(region, parameters);
  if (isDefault(group)) {
    throw new Ec2Failure(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  const instances = [...region.instances.values()];
  const isUsed = instances.some(
    ({ state, securityGroupIds }) => state !== 'terminated' && securityGroupIds.includes(group.id),
  );
  const isNamed = [...region.securityGroups.values()].some(
    (other) => other !== group && peersOf(other, 'group').includes(group.id),
  );
  if (isUsed || isNamed) {
    throw new Ec2Failure('DependencyViolation', `resource ${group.id} has a dependent object`);
  }
  return () => {
    region.securityGroups.delete(group.id);
    region.tags.delete(group.id);
    return { return: true, groupId: group.id };
  };
};
