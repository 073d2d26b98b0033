import { Ec2Error } from '../errors.ts';
import type { Network } from '../network.ts';
import type { RegionScope } from '../scope.ts';
import { ensureOwnSubnets, findOwnSubnets } from './own-subnets.ts';
import { ensureOwnVpc, findOwnVpc, nameInstances } from './own-vpc.ts';
import { usableZones } from './plan.ts';
import { ensureWayOut, hasWayOut } from './way-out.ts';

/** Ids in EC2's form that nothing has: they stand for what is yet to be made. */
export const yetToBeMade = {
  vpcId: 'vpc-00000000000000000',
  subnetId: 'subnet-00000000000000000',
  gatewayId: 'igw-00000000000000000',
  routeTableId: 'rtb-00000000000000000',
} as const;

/**
 * The deployment's own network as far as it is there; `lacking` where `makeDedicatedNetwork` has
 * something to do. Makes nothing.
 *
 * @param offered names of the zones that have the instance types
 */
export const findDedicatedNetwork = async (
  scope: RegionScope,
  offered: Iterable<string>,
  signal: AbortSignal,
): Promise<Network> => {
  const zones = usableZones(scope.region, offered);
  const vpcId = await findOwnVpc(scope, signal);
  if (vpcId === undefined) {
    refuseGroups(scope);
    return networkOf(yetToBeMade.vpcId, zones, new Map());
  }
  const [subnets, isOpen] = await Promise.all([
    findOwnSubnets(scope, vpcId, signal),
    hasWayOut(scope, vpcId, signal),
  ]);
  const network = networkOf(vpcId, zones, subnets);
  return isOpen ? network : { ...network, lacking: zones };
};

/**
 * Makes what the deployment's own network lacks. Each step finds what is there before it makes
 * anything, so that it can be called again whatever ended the last call, and by several at once.
 */
export const makeDedicatedNetwork = async (
  scope: RegionScope,
  zones: readonly string[],
  signal: AbortSignal,
): Promise<Network> => {
  const vpcId = await ensureOwnVpc(scope, signal);
  if (!(await hasWayOut(scope, vpcId, signal))) {
    await nameInstances(scope, vpcId, signal);
    await ensureWayOut(scope, vpcId, signal);
  }
  const subnets = await ensureOwnSubnets(scope, vpcId, zones, signal);
  return {
    vpcId,
    places: [...subnets]
      .map(([zone, subnetId]) => ({ zone, subnetId }))
      .sort((one, other) => one.zone.localeCompare(other.zone)),
  };
};

const networkOf = (
  vpcId: string,
  zones: readonly string[],
  subnets: ReadonlyMap<string, string>,
): Network => ({
  vpcId,
  places: zones.map((zone) => ({ zone, subnetId: subnets.get(zone) ?? yetToBeMade.subnetId })),
  ...(zones.every((zone) => subnets.has(zone)) ? {} : { lacking: zones }),
});

const refuseGroups = (scope: RegionScope): void => {
  const [group] = scope.config.network.securityGroups;
  if (group === undefined) return;
  throw new Ec2Error(
    `${scope.region}: the security group ${group} can't be in a VPC that is yet to be made`,
    {
      kind: 'invalid',
      region: scope.region,
      hint:
        'Leave "security_groups" out, or name their VPC with "vpc_id" instead of ' +
        '"use_dedicated_vpc".',
    },
  );
};
