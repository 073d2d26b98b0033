import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import type { Network } from './network.ts';
import { findOwnAddress } from './own-address.ts';
import { findOwnIpv6Block } from './own-ipv6.ts';
import { persevere } from './persevere.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/**
 * From where SSH to the nodes comes, as addresses or blocks: what the configuration says, or else
 * the VPC that a jump host is taken to be in, or else this machine as the nodes see it.
 */
export const findSshSources = async (
  scope: RegionScope,
  network: Network,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const { network: settings, ssh } = scope.config;
  if (settings.sshAllowedCidrs.length > 0) return settings.sshAllowedCidrs;
  if (ssh.jumpHost !== undefined) return findVpcBlocks(scope, network.vpcId, signal);
  if (network.ipv6Only !== undefined) return [await findOwnIpv6Block(scope)];
  return [await persevere(briefly(scope), signal, () => findOwnAddress(scope, signal))];
};

const findVpcBlocks = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<string[]> => {
  const answer = await ask(
    scope,
    { doing: `find the addresses of ${vpcId}`, action: 'DescribeVpcs' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
        options,
      ),
  );
  const blocks = (answer.Vpcs ?? []).flatMap(
    ({ CidrBlock, CidrBlockAssociationSet = [], Ipv6CidrBlockAssociationSet = [] }) => [
      ...(CidrBlock === undefined ? [] : [CidrBlock]),
      ...CidrBlockAssociationSet.flatMap(({ CidrBlock: block, CidrBlockState }) =>
        block === undefined || CidrBlockState?.State !== 'associated' ? [] : [block],
      ),
      ...Ipv6CidrBlockAssociationSet.flatMap(({ Ipv6CidrBlock: block, Ipv6CidrBlockState }) =>
        block === undefined || Ipv6CidrBlockState?.State !== 'associated' ? [] : [block],
      ),
    ],
  );
  if (blocks.length > 0) return [...new Set(blocks)];
  throw new Ec2Error(`${scope.region}: can't find the addresses of ${vpcId}`, {
    kind: 'not-found',
    region: scope.region,
    hint: 'Name the jump host\'s address in the network of the nodes under "ssh_allowed_cidrs".',
  });
};

/** Where nobody outside may be asked, waiting for long helps nobody. */
const briefly = (scope: RegionScope): RegionScope => ({
  ...scope,
  patience: { ...scope.patience, trouble: Math.min(scope.patience.trouble, 20_000) },
});
