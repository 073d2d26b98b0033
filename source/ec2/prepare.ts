import { Ec2Error } from './errors.ts';
import type { Pool } from './fleet-request.ts';
import { findImages, type Image } from './images.ts';
import { findArchitectures, findOfferings } from './instance-types.ts';
import { ensureKeyPair, findKeyPair, type KeyPair } from './key-pair.ts';
import type { LaunchGround } from './launch.ts';
import {
  checkUserData,
  ensureLaunchTemplate,
  type FoundTemplate,
  findLaunchTemplate,
  templateData,
} from './launch-template.ts';
import { findNetwork, makeNetwork, type Network } from './network.ts';
import type { RegionScope } from './scope.ts';
import { ensureSecurityGroups, findSecurityGroups, type SecurityGroups } from './security-group.ts';

/** What a launch needs, as far as it is there. */
export type Survey = {
  readonly network: Network;
  readonly pools: readonly Pool[];
  /** The launch template's; pools that need another one say so. */
  readonly image: Image;
  readonly keyPair: KeyPair;
  readonly groups: SecurityGroups;
  readonly template: FoundTemplate | undefined;
};

/**
 * Looks everything up and makes nothing, so that a wrong configuration leaves no traces. Rejects
 * with the first thing that a launch would fail on.
 */
export const survey = async (
  scope: RegionScope,
  userData: string,
  signal: AbortSignal,
): Promise<Survey> => {
  checkUserData(scope, userData);
  const offered = findOfferings(scope, signal);
  const findGroups = async () => {
    const network = await findNetwork(scope, offered, signal);
    return { network, groups: await findSecurityGroups(scope, network.vpcId, signal) };
  };
  const findImagesForTypes = async () =>
    findImages(scope, await findArchitectures(scope, signal), signal);
  const [images, offerings, { network, groups }, keyPair, template] = await Promise.all([
    findImagesForTypes(),
    offered,
    findGroups(),
    findKeyPair(scope, signal),
    findLaunchTemplate(scope, signal),
  ]);
  const pools = poolsOf(scope, network, offerings, images);
  const [image] = images.values();
  if (image === undefined) throw new RangeError(`no instance types for ${scope.region}`);
  return { network, groups, image, keyPair, template, pools };
};

/** Makes what the survey found missing. */
export const makeGround = async (
  scope: RegionScope,
  found: Survey,
  userData: string,
  signal: AbortSignal,
): Promise<LaunchGround> => {
  const network = await makeNetwork(scope, found.network, signal);
  const groups =
    network === found.network
      ? found.groups
      : await findSecurityGroups(scope, network.vpcId, signal);
  const [securityGroupIds, keyName] = await Promise.all([
    ensureSecurityGroups(scope, network, groups, signal),
    ensureKeyPair(scope, found.keyPair, signal),
  ]);
  const { ipv6Only } = network;
  const data = templateData(scope, {
    image: found.image,
    keyName,
    securityGroupIds,
    userData,
    ...(ipv6Only === undefined ? {} : { ipv6Only }),
  });
  const template = await ensureLaunchTemplate(scope, found.template, data, signal);
  return { template, pools: inNetwork(found.pools, network) };
};

/** The pools in the subnets that the network has now; those of zones without one are no pools. */
const inNetwork = (pools: readonly Pool[], { places }: Network): Pool[] =>
  pools.flatMap((pool) => {
    const place = places.find(({ zone }) => zone === pool.zone);
    return place === undefined ? [] : [{ ...pool, subnetId: place.subnetId }];
  });

/** EC2's limit for the overrides of one request. */
const maximumPools = 300;

/** Types in their order of preference, each in every zone that has a subnet and offers it. */
const poolsOf = (
  scope: RegionScope,
  network: Network,
  offerings: ReadonlyMap<string, ReadonlySet<string>>,
  images: ReadonlyMap<string, Image>,
): Pool[] => {
  const types = [...images.keys()];
  const [usual] = images.values();
  const pools = [...images].flatMap(([instanceType, { imageId }]) =>
    network.places
      .filter(({ zone }) => offerings.get(zone)?.has(instanceType) ?? false)
      .map(({ subnetId, zone }) => ({
        instanceType,
        zone,
        subnetId,
        ...(imageId === usual?.imageId ? {} : { imageId }),
      })),
  );
  // Best types first, so that what is over the limit is the least wanted.
  if (pools.length > 0) return pools.slice(0, maximumPools);
  const zones = network.places.map(({ zone }) => zone).join(', ');
  throw new Ec2Error(`${scope.region}: ${types.join(', ')} is not offered in ${zones}`, {
    kind: 'not-found',
    region: scope.region,
    hint:
      `Use a subnet in a zone that has it, or another type: aws ec2 ` +
      `describe-instance-type-offerings --region ${scope.region} --location-type availability-zone.`,
  });
};
