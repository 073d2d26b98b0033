import { Ec2Failure, invalidCombination, invalidValue, notImplemented } from './failure.ts';
import type { Tags } from './filters.ts';
import type { MetadataOptions } from './instance.ts';
import type { Parameters } from './parameters.ts';
import { tagSet, tagSpecifications } from './tags.ts';
import { Repeated, type XmlFields } from './xml.ts';

/** What a launch template or a launch says about the instances to come; all of it may be absent. */
export type LaunchData = {
  readonly imageId: string | undefined;
  readonly instanceType: string | undefined;
  readonly keyName: string | undefined;
  /** Base64. */
  readonly userData: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly securityGroupNames: readonly string[];
  readonly networkInterface: NetworkInterface | undefined;
  readonly zone: string | undefined;
  readonly blockDevices: readonly BlockDevice[];
  readonly market: Market | undefined;
  readonly metadata: MetadataOptions | undefined;
  /** By resource type. */
  readonly tags: ReadonlyMap<string, Tags>;
  /** What is taken and told again but makes no difference. */
  readonly remembered: Readonly<Record<string, string>>;
};

export type NetworkInterface = {
  readonly associatePublicIp: boolean | undefined;
  readonly deleteOnTermination: boolean | undefined;
  readonly description: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly subnetId: string | undefined;
};

export type BlockDevice = {
  readonly device: string;
  readonly sizeGb: number | undefined;
  readonly type: string | undefined;
  readonly encrypted: boolean | undefined;
  readonly deleteOnTermination: boolean | undefined;
};

export type Market = { readonly type: string; readonly maxPrice: string | undefined };

const taggable = ['instance', 'volume', 'network-interface', 'spot-instances-request'];

const rememberedNames = [
  'EbsOptimized',
  'DisableApiTermination',
  'DisableApiStop',
  'InstanceInitiatedShutdownBehavior',
];

/** Largest user data, before base64. */
const userDataLimit = 16_384;

/**
 * Reads launch data from a request.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
 */
export const readLaunchData = (parameters: Parameters): LaunchData => {
  const userData = parameters.text('UserData');
  if (userData !== undefined) checkUserData(userData);
  parameters.accept('CreditSpecification', 'MaintenanceOptions', 'Monitoring');
  parameters.accept('PrivateDnsNameOptions');
  const data: LaunchData = {
    imageId: parameters.text('ImageId'),
    instanceType: parameters.text('InstanceType'),
    keyName: parameters.text('KeyName'),
    userData,
    securityGroupIds: parameters.texts('SecurityGroupId'),
    securityGroupNames: parameters.texts('SecurityGroup'),
    networkInterface: readInterface(parameters),
    zone: readZone(parameters),
    blockDevices: readBlockDevices(parameters),
    market: readMarket(parameters),
    metadata: readMetadata(parameters),
    tags: tagSpecifications(parameters, taggable),
    remembered: Object.fromEntries(
      rememberedNames.flatMap((name) => {
        const value = parameters.text(name);
        return value === undefined ? [] : [[`${name[0]?.toLowerCase()}${name.slice(1)}`, value]];
      }),
    ),
  };
  checkGroups(data);
  return data;
};

/** @throws Ec2Failure where groups are given twice over */
export const checkGroups = (data: LaunchData): void => {
  const hasGroups = data.securityGroupIds.length > 0 || data.securityGroupNames.length > 0;
  if (data.networkInterface !== undefined && hasGroups) {
    throw invalidCombination(
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
};

const checkUserData = (text: string): void => {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) {
    throw new Ec2Failure('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (Buffer.from(text, 'base64').length > userDataLimit) {
    throw invalidValue(`User data is limited to ${userDataLimit} bytes`);
  }
};

const readInterface = (parameters: Parameters): NetworkInterface | undefined => {
  const [first, second] = parameters.structures('NetworkInterface');
  if (second !== undefined) throw notImplemented('more than one network interface');
  if (first === undefined) return undefined;
  first.accept('DeviceIndex', 'NetworkCardIndex', 'InterfaceType');
  return {
    associatePublicIp: first.flag('AssociatePublicIpAddress'),
    deleteOnTermination: first.flag('DeleteOnTermination'),
    description: first.text('Description'),
    securityGroupIds: first.texts('SecurityGroupId'),
    subnetId: first.text('SubnetId'),
  };
};

const readZone = (parameters: Parameters): string | undefined => {
  const placement = parameters.structure('Placement');
  placement?.accept('Tenancy');
  return placement?.text('AvailabilityZone');
};

/** Reads `BlockDeviceMapping`. */
export const readBlockDevices = (parameters: Parameters): BlockDevice[] =>
  parameters.structures('BlockDeviceMapping').map((mapping) => {
    const ebs = mapping.structure('Ebs');
    ebs?.accept('Iops', 'Throughput', 'KmsKeyId', 'SnapshotId');
    const device = {
      device: mapping.required('DeviceName'),
      sizeGb: ebs?.integer('VolumeSize'),
      type: ebs?.text('VolumeType'),
      encrypted: ebs?.flag('Encrypted'),
      deleteOnTermination: ebs?.flag('DeleteOnTermination'),
    };
    if (device.sizeGb !== undefined && (device.sizeGb < 1 || device.sizeGb > 65_536)) {
      throw invalidValue(`Invalid volume size: ${device.sizeGb}. Must be between 1 and 65536 GiB`);
    }
    return device;
  });

const readMarket = (parameters: Parameters): Market | undefined => {
  const options = parameters.structure('InstanceMarketOptions');
  if (options === undefined) return undefined;
  const spot = options.structure('SpotOptions');
  spot?.accept('SpotInstanceType', 'InstanceInterruptionBehavior');
  return { type: options.required('MarketType'), maxPrice: spot?.text('MaxPrice') };
};

const readMetadata = (parameters: Parameters): MetadataOptions | undefined => {
  const options = parameters.structure('MetadataOptions');
  if (options === undefined) return undefined;
  options.accept('HttpProtocolIpv6', 'InstanceMetadataTags');
  return {
    httpTokens: options.text('HttpTokens') ?? 'optional',
    httpPutResponseHopLimit: options.integer('HttpPutResponseHopLimit') ?? 1,
    httpEndpoint: options.text('HttpEndpoint') ?? 'enabled',
  };
};

/** The data as an answer tells it. */
export const describeLaunchData = (data: LaunchData): XmlFields => ({
  ...data.remembered,
  imageId: data.imageId,
  instanceType: data.instanceType,
  keyName: data.keyName,
  userData: data.userData,
  securityGroupIdSet: absentIfEmpty(data.securityGroupIds),
  securityGroupSet: absentIfEmpty(data.securityGroupNames),
  networkInterfaceSet: data.networkInterface && [describeInterface(data.networkInterface)],
  placement: data.zone === undefined ? undefined : { availabilityZone: data.zone },
  blockDeviceMappingSet: absentIfEmpty(
    data.blockDevices.map(({ device, sizeGb, type, ...rest }) => ({
      deviceName: device,
      ebs: { ...rest, volumeSize: sizeGb, volumeType: type },
    })),
  ),
  instanceMarketOptions: data.market && {
    marketType: data.market.type,
    spotOptions: { maxPrice: data.market.maxPrice },
  },
  metadataOptions: data.metadata,
  tagSpecificationSet: absentIfEmpty(
    [...data.tags].map(([resourceType, tags]) => ({ resourceType, tagSet: tagSet(tags) })),
  ),
});

const describeInterface = (network: NetworkInterface): XmlFields => ({
  associatePublicIpAddress: network.associatePublicIp,
  deleteOnTermination: network.deleteOnTermination,
  description: network.description,
  deviceIndex: 0,
  groupSet: new Repeated('groupId', network.securityGroupIds),
  subnetId: network.subnetId,
});

const absentIfEmpty = <Item>(list: readonly Item[]): readonly Item[] | undefined =>
  list.length === 0 ? undefined : list;

/** Launch data of which one part is laid over another: what the upper one says, holds. */
export const overlay = (lower: LaunchData, upper: LaunchData): LaunchData => {
  const types = new Set([...lower.tags.keys(), ...upper.tags.keys()]);
  return {
    imageId: upper.imageId ?? lower.imageId,
    instanceType: upper.instanceType ?? lower.instanceType,
    keyName: upper.keyName ?? lower.keyName,
    userData: upper.userData ?? lower.userData,
    securityGroupIds: firstFilled(upper.securityGroupIds, lower.securityGroupIds),
    securityGroupNames: firstFilled(upper.securityGroupNames, lower.securityGroupNames),
    networkInterface: upper.networkInterface ?? lower.networkInterface,
    zone: upper.zone ?? lower.zone,
    blockDevices: firstFilled(upper.blockDevices, lower.blockDevices),
    market: upper.market ?? lower.market,
    metadata: upper.metadata ?? lower.metadata,
    tags: new Map(
      [...types].map((type) => [
        type,
        new Map([...(lower.tags.get(type) ?? []), ...(upper.tags.get(type) ?? [])]),
      ]),
    ),
    remembered: { ...lower.remembered, ...upper.remembered },
  };
};

const firstFilled = <Item>(first: readonly Item[], second: readonly Item[]): readonly Item[] =>
  first.length > 0 ? first : second;
