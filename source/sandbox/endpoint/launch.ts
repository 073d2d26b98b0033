import { within } from './boot-times.ts';
import type { Call } from './call.ts';
import { isOffered } from './describe-instance-types.ts';
import { Ec2Failure, invalidCombination, invalidValue, missingParameter } from './failure.ts';
import type { Tags } from './filters.ts';
import { newId } from './identifiers.ts';
import { type Image, imageOf } from './images.ts';
import type { Instance } from './instance.ts';
import { begin } from './instance-life.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { type KeyPair, keyPairNamed } from './key-pairs.ts';
import type { LaunchData } from './launch-data.ts';
import { subnetOf } from './network.ts';
import { spotPrice } from './prices.ts';
import type { Region, Subnet } from './region.ts';
import { type SecurityGroup, securityGroupNamed, securityGroupOf } from './security-group.ts';
import { fulfilled } from './spot-requests.ts';
import { putTags, tagsFor } from './tags.ts';

export type Lifecycle = Instance['lifecycle'];

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
  return {
    data,
    image,
    type,
    keyPair: data.keyName === undefined ? undefined : keyPairNamed(region, data.keyName),
    securityGroups: groups.length > 0 ? groups : [securityGroupNamed(region, 'default')],
    subnets: candidateSubnets(region, data),
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
  const subnets = subnetId === undefined ? region.subnets : [subnetOf(region, subnetId)];
  const fitting = subnets.filter(({ zone }) => data.zone === undefined || zone.name === data.zone);
  if (fitting.length === 0) {
    throw invalidCombination(
      `The subnet '${subnetId}' is not in the availability zone '${data.zone}'.`,
    );
  }
  return [...fitting];
};

/** How many instances a zone gives, and why not more. */
export type Grant = { readonly count: number; readonly refusal: Ec2Failure | undefined };

/** Asks a zone for instances; changes nothing but what injected faults count. */
export const grant = (
  { cloud, region }: Call,
  plan: LaunchPlan,
  subnet: Subnet,
  lifecycle: Lifecycle,
  wanted: number,
): Grant => {
  const { zone } = subnet;
  if (!isOffered(region, plan.type, zone)) {
    return {
      count: 0,
      refusal: new Ec2Failure(
        'Unsupported',
        `Your requested instance type (${plan.type.name}) is not supported in your requested Availability Zone (${zone.name}).`,
      ),
    };
  }
  const maxPrice = plan.data.market?.maxPrice;
  const price = spotPrice(region, plan.type, zone);
  if (lifecycle === 'spot' && maxPrice !== undefined && Number(maxPrice) < price) {
    return {
      count: 0,
      refusal: new Ec2Failure(
        'SpotMaxPriceTooLow',
        `Your Spot request price of ${maxPrice} is lower than the minimum required Spot request fulfillment price of ${price}.`,
      ),
    };
  }
  const pool = { region: region.name, zone: zone.name, instanceType: plan.type.name, lifecycle };
  return cloud.faultRules.capacity(pool, wanted, cloud.clock.now());
};

/** What all instances of one launch share. */
export type LaunchOrigin = {
  readonly lifecycle: Lifecycle;
  readonly fleetId?: string;
  readonly clientToken?: string | undefined;
  /** On top of the tags of the launch data. */
  readonly tags: Tags;
};

/** Launches instances into a subnet as one reservation. */
export const launch = (
  call: Call,
  plan: LaunchPlan,
  subnet: Subnet,
  count: number,
  origin: LaunchOrigin,
): Instance[] => {
  const reservationId = newId('r');
  return Array.from({ length: count }, (_, launchIndex) =>
    launchOne(call, plan, subnet, origin, reservationId, launchIndex),
  );
};

const launchOne = (
  call: Call,
  plan: LaunchPlan,
  subnet: Subnet,
  origin: LaunchOrigin,
  reservationId: string,
  launchIndex: number,
): Instance => {
  const { cloud, region } = call;
  const { data, image, type } = plan;
  const now = cloud.clock.now();
  const instance: Instance = {
    id: newId('i'),
    reservationId,
    region: region.name,
    type,
    architecture: image.architecture,
    rootDevice: image.rootDevice,
    imageId: image.id,
    lifecycle: origin.lifecycle,
    keyName: plan.keyPair?.name,
    subnet,
    securityGroupIds: plan.securityGroups.map((group) => group.id),
    interfaceId: newId('eni'),
    isPublic: data.networkInterface?.associatePublicIp ?? true,
    launchIndex,
    clientToken: origin.clientToken,
    volumeId: newId('vol'),
    spotRequestId:
      origin.lifecycle === 'spot' ? newId('sir').replace('-0', '-').slice(0, 12) : undefined,
    metadata: data.metadata ?? {
      httpTokens: 'optional',
      httpPutResponseHopLimit: 1,
      httpEndpoint: 'enabled',
    },
    launchedAt: now,
    visibleAt: now + within(cloud.bootTimes.visible),
    healthyAt: Number.POSITIVE_INFINITY,
    state: 'pending',
    stateSince: now,
    stateReason: { code: 'pending', message: 'pending' },
    transitionReason: '',
    address: undefined,
    consoleIsSilent: false,
    launch: Promise.resolve(),
  };
  region.instances.set(instance.id, instance);
  putTags(region, instance.id, tagsFor(data.tags, 'instance'));
  putTags(region, instance.id, origin.tags);
  addVolume(region, plan, instance);
  addSpotRequest(region, plan, instance);
  cloud.ledger.add({
    type: 'launched',
    instanceId: instance.id,
    region: region.name,
    zone: subnet.zone.name,
    instanceType: type.name,
    lifecycle: origin.lifecycle,
    action: call.action,
    accessKeyId: call.caller.accessKeyId,
    ...(origin.fleetId === undefined ? {} : { fleetId: origin.fleetId }),
  });
  cloud.onChange();
  begin(cloud, region, instance, {
    instanceId: instance.id,
    region: region.name,
    zone: subnet.zone.name,
    instanceType: type.name,
    imageId: image.id,
    userData: Buffer.from(data.userData ?? '', 'base64').toString(),
    ...(plan.keyPair === undefined ? {} : { publicKey: plan.keyPair.publicKey }),
  });
  return instance;
};

const addVolume = (region: Region, { data, image }: LaunchPlan, instance: Instance): void => {
  const root = data.blockDevices.find(({ device }) => device === image.rootDevice);
  region.volumes.set(instance.volumeId, {
    id: instance.volumeId,
    zone: instance.subnet.zone,
    device: image.rootDevice,
    sizeGb: root?.sizeGb ?? image.sizeGb,
    type: root?.type ?? image.volumeType,
    encrypted: root?.encrypted ?? false,
    snapshotId: image.snapshotId,
    deleteOnTermination: root?.deleteOnTermination ?? true,
    createdAt: instance.launchedAt,
    instanceId: instance.id,
  });
  putTags(region, instance.volumeId, tagsFor(data.tags, 'volume'));
};

const addSpotRequest = (region: Region, { data, type }: LaunchPlan, instance: Instance): void => {
  if (instance.spotRequestId === undefined) return;
  region.spotRequests.set(instance.spotRequestId, {
    id: instance.spotRequestId,
    instance,
    price: data.market?.maxPrice ?? String(type.price),
    createdAt: instance.launchedAt,
    state: 'active',
    status: fulfilled,
    statusSince: instance.launchedAt,
  });
  putTags(region, instance.spotRequestId, tagsFor(data.tags, 'spot-instances-request'));
};
