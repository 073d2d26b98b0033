import type { IpPermission } from '@aws-sdk/client-ec2';

/** A TCP port that a block of addresses may reach. */
export type IngressRule = {
  readonly port: number;
  readonly cidr: string;
  readonly description: string;
};

const everywhere = ['0.0.0.0/0', '::/0'];

/**
 * Port 22 for the given blocks, every other port for the world. An address without a prefix is a
 * block of one.
 */
export const wantedRules = (
  sshCidrs: readonly string[],
  sshPort: number,
  openPorts: readonly number[],
): IngressRule[] => [
  ...sshCidrs.map((cidr) => ({
    port: sshPort,
    cidr: cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`,
    description: 'spot-tui: SSH',
  })),
  ...openPorts.flatMap((port) =>
    everywhere.map((cidr) => ({ port, cidr, description: 'spot-tui: service' })),
  ),
];

/** The rules that the permissions don't grant yet, each once. */
export const missingRules = (
  wanted: readonly IngressRule[],
  permissions: readonly IpPermission[],
): IngressRule[] =>
  wanted.filter(
    (rule, index) =>
      !permissions.some((permission) => grants(permission, rule)) &&
      wanted.findIndex(({ port, cidr }) => port === rule.port && cidr === rule.cidr) === index,
  );

/** One permission per rule, so that each keeps its own description. */
export const toPermission = ({ port, cidr, description }: IngressRule): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...(cidr.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: cidr, Description: description }] }
    : { IpRanges: [{ CidrIp: cidr, Description: description }] }),
});

/** Exact blocks and the whole world; a rule too many does no harm. */
const grants = (permission: IpPermission, { port, cidr }: IngressRule): boolean => {
  const anyPort = permission.IpProtocol === '-1';
  const { FromPort: from = 0, ToPort: to = 65_535 } = permission;
  if (!anyPort && (permission.IpProtocol !== 'tcp' || port < from || port > to)) return false;
  const blocks = cidr.includes(':')
    ? (permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6)
    : (permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp);
  return blocks.includes(cidr) || blocks.includes(cidr.includes(':') ? '::/0' : '0.0.0.0/0');
};
