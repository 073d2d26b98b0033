import { within } from './boot-times.ts';
import type { Call } from './call.ts';
import { isOffered } from './describe-instance-types.ts';
import { Ec2Failure } from './failure.ts';
import type { Tags } from './filters.ts';
import { newId } from './identifiers.ts';
import type { Instance } from './instance.ts';
import { begin } from './instance-life.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { spotPrice } from './prices.ts';
import type { Region } from './region.ts';
import { fulfilled } from './spot-requests.ts';
import type { Subnet } from './subnets.ts';
import { putTags, tagsFor } from './tags.ts';

export type Lifecycle = Instance['lifecycle'];

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
    isPublic: data.networkInterface?.associatePublicIp ?? subnet.mapsPublicIp,
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
