import { CreateSubnetCommand, type Subnet } from '@aws-sdk/client-ec2';
import { pause } from '../abortable.ts';
import { describeSubnets } from '../describe-subnets.ts';
import { Ec2Error } from '../errors.ts';
import { backOff } from '../persist.ts';
import { ask } from '../request.ts';
import { tagSpecification } from '../resource-tags.ts';
import type { RegionScope } from '../scope.ts';
import { subnetBlock } from './plan.ts';
import { whileNew } from './while-new.ts';

/** Ids of the VPC's subnets that can be used, by their zone. */
export const findOwnSubnets = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<Map<string, string>> => byZone(await describeSubnets(scope, vpcId, {}, signal));

/**
 * A subnet in every zone, made where there is none, once EC2 shows them. Zones in which EC2 makes
 * none for this account are left out; rejects when that are all.
 */
export const ensureOwnSubnets = async (
  scope: RegionScope,
  vpcId: string,
  zones: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> => {
  const found = await describeSubnets(scope, vpcId, {}, signal);
  const wanted = new Set(zones);
  const refusals: Ec2Error[] = [];
  for (const zone of zones) {
    if (found.some(({ AvailabilityZone }) => AvailabilityZone === zone)) continue;
    const refusal = await createSubnet(scope, vpcId, zone, signal);
    if (refusal === undefined) continue;
    refusals.push(refusal);
    wanted.delete(zone);
  }
  const [first] = refusals;
  if (first !== undefined && wanted.size === 0) throw first;
  return shown(scope, vpcId, wanted, signal);
};

/** Input of `CreateSubnet` for a zone. */
export const subnetRequest = (scope: RegionScope, vpcId: string, zone: string) => ({
  VpcId: vpcId,
  AvailabilityZone: zone,
  CidrBlock: subnetBlock(zone),
  TagSpecifications: [tagSpecification(scope, 'subnet')],
});

/** Returns why the zone takes no subnets, if that is so. */
const createSubnet = async (
  scope: RegionScope,
  vpcId: string,
  zone: string,
  signal: AbortSignal,
): Promise<Ec2Error | undefined> => {
  try {
    await whileNew(scope, signal, () =>
      ask(scope, { doing: `make a subnet in ${zone}`, action: 'CreateSubnet' }, signal, (options) =>
        scope.client.send(new CreateSubnetCommand(subnetRequest(scope, vpcId, zone)), options),
      ),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    // Another create was faster, or this one's first try did arrive.
    if (error.code === 'InvalidSubnet.Conflict') return undefined;
    if (error.code === 'InvalidParameterValue' && /availability ?zone/i.test(error.message)) {
      return error;
    }
    throw error;
  }
};

/** The subnets once each zone has one that is ready, or those that have when the time is up. */
const shown = async (
  scope: RegionScope,
  vpcId: string,
  zones: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, string>> => {
  const giveUpAt = performance.now() + scope.patience.visibility;
  for (let tries = 0; ; tries += 1) {
    const subnets = byZone(await describeSubnets(scope, vpcId, {}, signal));
    if ([...zones].every((zone) => subnets.has(zone))) return subnets;
    const wait = backOff(tries, scope.patience.firstPause, 5_000);
    if (performance.now() + wait > giveUpAt) {
      if (subnets.size > 0) return subnets;
      throw new Ec2Error(`${scope.region}: ${vpcId} has no subnet that could be used`, {
        kind: 'conflict',
        region: scope.region,
        hint: `Run the command again. If that changes nothing, see what is in the way: aws ec2 describe-subnets --region ${scope.region} --filters Name=vpc-id,Values=${vpcId}.`,
      });
    }
    await pause(wait, signal);
  }
};

const byZone = (subnets: readonly Subnet[]): Map<string, string> =>
  new Map(
    subnets.flatMap(({ AvailabilityZone: zone, State, SubnetId: subnetId }) =>
      zone === undefined || subnetId === undefined || State !== 'available'
        ? []
        : [[zone, subnetId]],
    ),
  );
