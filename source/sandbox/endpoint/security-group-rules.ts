import { isIPv4, isIPv6 } from 'node:net';
import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { newId } from './identifiers.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import { requestedGroup, securityGroupOf } from './security-group.ts';
import type { XmlFields } from './xml.ts';

/** One kind of traffic that one peer may send. */
export type Rule = {
  readonly id: string;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly peer: { readonly type: 'ipv4' | 'ipv6' | 'group'; readonly value: string };
  readonly description: string | undefined;
};

/** The `ipPermissions` of an answer: rules of the same traffic stand together. */
export const permissionSet = (rules: readonly Rule[]): XmlFields[] =>
  [...Map.groupBy(rules, trafficOf).values()].map((group) => {
    const [first] = group;
    const peers = (type: Rule['peer']['type'], name: string): XmlFields[] =>
      group
        .filter((rule) => rule.peer.type === type)
        .map((rule) => ({ [name]: rule.peer.value, description: rule.description }));
    return {
      ipProtocol: first?.protocol,
      fromPort: first?.fromPort,
      toPort: first?.toPort,
      groups: peers('group', 'groupId').map((peer) => ({ userId: accountId, ...peer })),
      ipRanges: peers('ipv4', 'cidrIp'),
      ipv6Ranges: peers('ipv6', 'cidrIpv6'),
      prefixListIds: [],
    };
  });

const trafficOf = ({ protocol, fromPort, toPort }: Rule): string =>
  `${protocol} ${fromPort} ${toPort}`;

const isSame = (first: Rule, second: Rule): boolean =>
  trafficOf(first) === trafficOf(second) &&
  first.peer.type === second.peer.type &&
  first.peer.value === second.peer.value;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authorizeSecurityGroupIngress: Action = ({ region, parameters }) => {
  const group = requestedGroup(region, parameters);
  const rules = requestedRules(region, parameters);
  for (const rule of rules) {
    if (group.rules.some((present) => isSame(present, rule))) {
      throw new Ec2Failure(
        'InvalidPermission.Duplicate',
        `the specified rule "peer: ${rule.peer.value}, ${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}, ALLOW" already exists`,
      );
    }
  }
  if (group.rules.length + rules.length > 60) {
    throw new Ec2Failure(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
  return () => {
    group.rules = [...group.rules, ...rules];
    return {
      return: true,
      securityGroupRuleSet: rules.map((rule) => ({
        ...describeRule(rule),
        groupId: group.id,
        groupOwnerId: accountId,
      })),
    };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const revokeSecurityGroupIngress: Action = ({ region, parameters }) => {
  const group = requestedGroup(region, parameters);
  const ids = parameters.texts('SecurityGroupRuleId');
  const unknownId = ids.find((id) => !group.rules.some((rule) => rule.id === id));
  if (unknownId !== undefined) {
    throw new Ec2Failure(
      'InvalidSecurityGroupRuleId.NotFound',
      `The security group rule ID '${unknownId}' does not exist`,
    );
  }
  const named = ids.length > 0 ? [] : requestedRules(region, parameters);
  if (named.some((rule) => !group.rules.some((present) => isSame(present, rule)))) {
    throw new Ec2Failure(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  const revoked = group.rules.filter(
    (present) => ids.includes(present.id) || named.some((rule) => isSame(present, rule)),
  );
  return () => {
    group.rules = group.rules.filter((rule) => !revoked.includes(rule));
    return {
      return: true,
      revokedSecurityGroupRuleSet: revoked.map((rule) => ({
        ...describeRule(rule),
        groupId: group.id,
      })),
    };
  };
};

const describeRule = (rule: Rule): XmlFields => ({
  securityGroupRuleId: rule.id,
  isEgress: false,
  ipProtocol: rule.protocol,
  fromPort: rule.fromPort ?? -1,
  toPort: rule.toPort ?? -1,
  cidrIpv4: rule.peer.type === 'ipv4' ? rule.peer.value : undefined,
  cidrIpv6: rule.peer.type === 'ipv6' ? rule.peer.value : undefined,
  referencedGroupInfo:
    rule.peer.type === 'group' ? { groupId: rule.peer.value, userId: accountId } : undefined,
  description: rule.description,
});

/** The rules that a request spells out, in the short form or as `IpPermissions`. */
const requestedRules = (region: Region, parameters: Parameters): Rule[] => {
  const short = parameters.text('CidrIp');
  const rules =
    short === undefined
      ? parameters.structures('IpPermissions').flatMap((permission) => rulesOf(region, permission))
      : [
          {
            ...trafficFrom(parameters),
            id: newId('sgr'),
            peer: ipv4(short),
            description: undefined,
          },
        ];
  if (rules.length === 0) throw missingParameter('IpPermissions');
  for (const [index, rule] of rules.entries()) {
    if (rules.some((other, place) => place < index && isSame(rule, other))) {
      throw invalidValue('The same permission must not appear multiple times');
    }
  }
  return rules;
};

const rulesOf = (region: Region, permission: Parameters): Rule[] => {
  const traffic = trafficFrom(permission);
  const peers = [
    ...permission
      .structures('IpRanges')
      .map((peer) => ({ peer, ...ipv4(peer.required('CidrIp')) })),
    ...permission
      .structures('Ipv6Ranges')
      .map((peer) => ({ peer, ...ipv6(peer.required('CidrIpv6')) })),
    ...permission.structures('Groups').map((peer) => {
      peer.accept('UserId', 'VpcId');
      const { id } = securityGroupOf(region, peer.required('GroupId'));
      return { peer, type: 'group' as const, value: id };
    }),
  ];
  return peers.map(({ peer, type, value }) => ({
    ...traffic,
    id: newId('sgr'),
    peer: { type, value },
    description: peer.text('Description'),
  }));
};

const trafficFrom = (parameters: Parameters): Pick<Rule, 'protocol' | 'fromPort' | 'toPort'> => {
  const protocol = parameters.required('IpProtocol').toLowerCase();
  const fromPort = parameters.integer('FromPort');
  const toPort = parameters.integer('ToPort');
  if (protocol === '-1') return { protocol, fromPort: undefined, toPort: undefined };
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol, fromPort, toPort };
  if (fromPort === undefined || toPort === undefined) {
    throw invalidValue(
      'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
    );
  }
  if (fromPort < 0 || toPort > 65_535 || fromPort > toPort) {
    throw invalidValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  }
  return { protocol, fromPort, toPort };
};

const ipv4 = (cidr: string): Rule['peer'] => {
  const [address = '', bits = ''] = cidr.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) throw malformed(cidr);
  return { type: 'ipv4', value: cidr };
};

const ipv6 = (cidr: string): Rule['peer'] => {
  const [address = '', bits = ''] = cidr.split('/');
  if (!isIPv6(address) || !/^\d{1,3}$/.test(bits) || Number(bits) > 128) throw malformed(cidr);
  return { type: 'ipv6', value: cidr.toLowerCase() };
};

const malformed = (cidr: string): Ec2Failure => invalidValue(`CIDR block ${cidr} is malformed`);
