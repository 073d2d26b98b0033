import { DescribeSubnetsCommand, DescribeVpcsCommand, type Subnet } from '@aws-sdk/client-ec2';
import { findDedicatedNetwork, makeDedicatedNetwork } from './dedicated-vpc/dedicated-network.ts';
import { describeSubnets } from './describe-subnets.ts';
import { Ec2Error } from './errors.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/** Where instances can be placed. */
export type Network = {
  readonly vpcId: string;
  /** One subnet for each zone: CreateFleet refuses two for the same zone and type. */
  readonly places: readonly Place[];
  /**
   * Present where something of the deployment's own VPC is yet to be made, whose ids stand for
   * nothing until then: the zones that are to get a subnet.
   */
  readonly lacking?: readonly string[];
  /** Present where the subnets have IPv6 addresses only. */
  readonly ipv6Only?: Ipv6Only;
};

/** Whether all the subnets give new instances an address by themselves. */
export type Ipv6Only = { readonly assigns: boolean };

export type Place = { readonly zone: string; readonly subnetId: string };

/**
 * The configured subnet, the subnets of the configured VPC, the deployment's own VPC as far as it
 * is there, or the default VPC. Rejects when it is not there, and makes nothing.
 *
 * @param offerings the zones that have the configured instance types
 */
export const findNetwork = async (
  scope: RegionScope,
  offerings: Promise<ReadonlyMap<string, unknown>>,
  signal: AbortSignal,
): Promise<Network> => {
  const { vpcId, subnetId, useDedicatedVpc } = scope.config.network;
  if (useDedicatedVpc) return findDedicatedNetwork(scope, (await offerings).keys(), signal);
  if (subnetId !== undefined) return networkOfSubnet(scope, subnetId, vpcId, signal);
  return vpcId === undefined ? defaultNetwork(scope, signal) : networkOfVpc(scope, vpcId, signal);
};

/** Makes what the network lacks; returns the same one where that is nothing. */
export const makeNetwork = async (
  scope: RegionScope,
  network: Network,
  signal: AbortSignal,
): Promise<Network> =>
  network.lacking === undefined ? network : makeDedicatedNetwork(scope, network.lacking, signal);

const networkOfSubnet = async (
  scope: RegionScope,
  subnetId: string,
  vpcId: string | undefined,
  signal: AbortSignal,
): Promise<Network> => {
  const answer = await ask(
    scope,
    { doing: `find the subnet ${subnetId}`, action: 'DescribeSubnets' },
    signal,
    (options) => scope.client.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }), options),
  );
  const [subnet] = answer.Subnets ?? [];
  if (subnet?.VpcId === undefined) {
    throw missing(scope, `there is no subnet ${subnetId}`, 'Check "subnet_id".');
  }
  if (vpcId !== undefined && subnet.VpcId !== vpcId) {
    throw missing(
      scope,
      `the subnet ${subnetId} is in ${subnet.VpcId}, not in ${vpcId}`,
      'Correct "vpc_id" or "subnet_id", or leave "vpc_id" out.',
    );
  }
  return networkOf(subnet.VpcId, [subnet]);
};

const networkOfVpc = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<Network> => {
  const network = networkOf(vpcId, await findSubnets(scope, vpcId, {}, signal));
  if (network.places.length > 0) return network;
  await ask(scope, { doing: `find the VPC ${vpcId}`, action: 'DescribeVpcs' }, signal, (options) =>
    scope.client.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }), options),
  );
  throw missing(
    scope,
    `the VPC ${vpcId} has no subnet that could be used`,
    `Make one: aws ec2 create-subnet --region ${scope.region} --vpc-id ${vpcId} --cidr-block ….`,
  );
};

const defaultNetwork = async (scope: RegionScope, signal: AbortSignal): Promise<Network> => {
  const answer = await ask(
    scope,
    { doing: 'find the default VPC', action: 'DescribeVpcs' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
        options,
      ),
  );
  const vpcId = answer.Vpcs?.[0]?.VpcId;
  if (vpcId === undefined) {
    throw missing(
      scope,
      'the account has no default VPC',
      `Make one: aws ec2 create-default-vpc --region ${scope.region}. ` +
        'Or let the deployment have one of its own: "use_dedicated_vpc: true". ' +
        'Or name a VPC with "vpc_id".',
    );
  }
  const subnets = await findSubnets(scope, vpcId, { 'default-for-az': 'true' }, signal);
  const network = networkOf(vpcId, subnets);
  if (network.places.length === 0) {
    throw missing(
      scope,
      `the default VPC ${vpcId} has no default subnet`,
      `Make one: aws ec2 create-default-subnet --region ${scope.region} ` +
        `--availability-zone ${scope.region}a. Or name a subnet with "subnet_id".`,
    );
  }
  return network;
};

const findSubnets = (
  scope: RegionScope,
  vpcId: string,
  filters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Subnet[]> => describeSubnets(scope, vpcId, { state: 'available', ...filters }, signal);

/**
 * One launch template serves all subnets, and what it says of public addresses EC2 takes only where
 * there is IPv4: subnets without it are used where there are no others.
 */
const networkOf = (vpcId: string, subnets: readonly Subnet[]): Network => {
  const withIpv4 = placesOf(subnets.filter(({ Ipv6Native }) => Ipv6Native !== true));
  if (withIpv4.length > 0) return { vpcId, places: withIpv4 };
  const places = placesOf(subnets);
  if (places.length === 0) return { vpcId, places };
  const used = new Set(places.map(({ subnetId }) => subnetId));
  const assigns = subnets
    .filter(({ SubnetId }) => SubnetId !== undefined && used.has(SubnetId))
    .every(({ AssignIpv6AddressOnCreation }) => AssignIpv6AddressOnCreation === true);
  return { vpcId, places, ipv6Only: { assigns } };
};

/** Per zone the subnet with the most addresses left; those of Outposts are somebody's own racks. */
const placesOf = (subnets: readonly Subnet[]): Place[] => {
  const places = new Map<string, Place>();
  const roomiestFirst = subnets.toSorted(
    (one, other) => (other.AvailableIpAddressCount ?? 0) - (one.AvailableIpAddressCount ?? 0),
  );
  for (const { AvailabilityZone: zone, SubnetId: subnetId, OutpostArn } of roomiestFirst) {
    if (zone === undefined || subnetId === undefined || OutpostArn !== undefined) continue;
    if (!places.has(zone)) places.set(zone, { zone, subnetId });
  }
  return [...places.values()].sort((one, other) => one.zone.localeCompare(other.zone));
};

const missing = (scope: RegionScope, what: string, hint: string): Ec2Error =>
  new Ec2Error(`${scope.region}: ${what}`, { kind: 'not-found', region: scope.region, hint });
