import { Ec2Failure, invalidCombination, invalidValue, missingParameter } from './failure.ts';
import { type Image, imageOf } from './images.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { type KeyPair, keyPairNamed } from './key-pairs.ts';
import type { LaunchData } from './launch-data.ts';
import type { Region } from './region.ts';
import {
  defaultGroupOf,
  type SecurityGroup,
  securityGroupNamed,
  securityGroupOf,
} from './security-group.ts';
import { defaultSubnets, type Subnet, subnetOf } from './subnets.ts';

/** Launch data of which everything was found that it names. */
export type LaunchPlan = {
  readonly data: LaunchData;
  readonly image: Image;
  readonly type: InstanceType;
  readonly keyPair: KeyPair | undefined;
  readonly securityGroups: readonly SecurityGroup[];
  /** Where the instances may go, one subnet a zone. */
  readonly subnets: readonly Subnet[];
};

/**
 * Looks up what launch data names.
 *
 * @throws Ec2Failure as RunInstances does, for what is missing, unknown, or doesn't fit together
 */
export const planLaunch = (region: Region, data: LaunchData): LaunchPlan => {
  if (data.imageId === undefined) throw missingParameter('ImageId');
  const image = imageOf(region, data.imageId);
  const type = requestedType(data);
  if (type.architecture !== image.architecture) {
    throw invalidValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
  }
  const groups = [
    ...data.securityGroupIds.map((id) => securityGroupOf(region, id)),
    ...(data.networkInterface?.securityGroupIds ?? []).map((id) => securityGroupOf(region, id)),
    ...data.securityGroupNames.map((name) => securityGroupNamed(region, name)),
  ];
  for (const { device, sizeGb } of data.blockDevices) {
    if (device === image.rootDevice && sizeGb !== undefined && sizeGb < image.sizeGb) {
      throw new Ec2Failure(
        'InvalidBlockDeviceMapping',
        `Volume of size ${sizeGb}GB is smaller than snapshot '${image.snapshotId}', expect size >= ${image.sizeGb}GB`,
      );
    }
  }
  const subnets = candidateSubnets(region, data);
  const [subnet] = subnets;
  if (subnet === undefined)
    throw new Ec2Failure('VPCIdNotSpecified', 'No default VPC for this user.');
  const stranger = groups.find(({ vpcId }) => vpcId !== subnet.vpcId);
  if (stranger !== undefined) {
    throw new Ec2Failure(
      'InvalidParameter',
      `Security group ${stranger.id} and subnet ${subnet.id} belong to different networks.`,
    );
  }
  return {
    data,
    image,
    type,
    keyPair: data.keyName === undefined ? undefined : keyPairNamed(region, data.keyName),
    securityGroups: groups.length > 0 ? groups : [defaultGroupOf(region, subnet.vpcId)],
    subnets,
  };
};

const requestedType = (data: LaunchData): InstanceType => {
  const name = data.instanceType ?? 'm1.small';
  const type = instanceTypes.get(name);
  if (type === undefined) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  return type;
};

const candidateSubnets = (region: Region, data: LaunchData): Subnet[] => {
  const subnetId = data.networkInterface?.subnetId;
  if (data.zone !== undefined && !region.zones.some((zone) => zone.name === data.zone)) {
    throw invalidValue(`Invalid availability zone: [${data.zone}]`);
  }
  const subnets = subnetId === undefined ? defaultSubnets(region) : [subnetOf(region, subnetId)];
  const fitting = subnets.filter(({ zone }) => data.zone === undefined || zone.name === data.zone);
  if (fitting.length === 0) {
    throw invalidCombination(
      `The subnet '${subnetId}' is not in the availability zone '${data.zone}'.`,
    );
  }
  return [...fitting];
};
