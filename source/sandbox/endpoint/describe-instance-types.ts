import type { Action } from './call.ts';
import { Ec2Failure, invalidValue } from './failure.ts';
import { select } from './filters.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import type { XmlFields } from './xml.ts';
import type { Zone } from './zones.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
export const describeInstanceTypes: Action = ({ cloud, parameters }) => {
  const names = parameters.texts('InstanceType');
  const unknown = names.filter((name) => !instanceTypes.has(name));
  if (unknown.length > 0) {
    throw new Ec2Failure(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  refusePagesOfIds(parameters, names, 'instanceTypesSet');
  const found = select(parameters, instanceTypes.values(), {
    'instance-type': (type) => [type.name],
    'processor-info.supported-architecture': (type) => [type.architecture],
    'vcpu-info.default-vcpus': (type) => [String(type.virtualCpus)],
    'memory-info.size-in-mib': (type) => [String(type.memoryMiB)],
    'current-generation': (type) => [String(isCurrent(type))],
    'burstable-performance-supported': (type) => [String(type.burstable)],
    'bare-metal': () => ['false'],
    'supported-usage-class': () => ['on-demand', 'spot'],
    'free-tier-eligible': (type) => [String(isFree(type))],
    hypervisor: (type) => [type.hypervisor],
  }).filter((type) => names.length === 0 || names.includes(type.name));
  const page = pageOf(parameters, found, cloud.largestPage, {
    smallest: 5,
    largest: 100,
    usual: 100,
  });
  return () => ({ instanceTypeSet: page.items.map(describe), nextToken: page.nextToken });
};

const isCurrent = (type: InstanceType): boolean => type.family !== 'm4';

const isFree = (type: InstanceType): boolean => ['t2.micro', 't3.micro'].includes(type.name);

const describe = (type: InstanceType): XmlFields => ({
  instanceType: type.name,
  currentGeneration: isCurrent(type),
  freeTierEligible: isFree(type),
  supportedUsageClasses: ['on-demand', 'spot'],
  supportedRootDeviceTypes: ['ebs'],
  supportedVirtualizationTypes: ['hvm'],
  bareMetal: false,
  hypervisor: type.hypervisor,
  processorInfo: {
    supportedArchitectures:
      type.family === 't2' ? ['i386', type.architecture] : [type.architecture],
    manufacturer: type.manufacturer,
  },
  vCpuInfo: { defaultVCpus: type.virtualCpus },
  memoryInfo: { sizeInMiB: type.memoryMiB },
  instanceStorageSupported: false,
  ebsInfo: {
    ebsOptimizedSupport: type.hypervisor === 'nitro' ? 'default' : 'unsupported',
    encryptionSupport: 'supported',
    nvmeSupport: type.hypervisor === 'nitro' ? 'required' : 'unsupported',
  },
  burstablePerformanceSupported: type.burstable,
});

/** Whether a zone of the region has instances of the type. */
export const isOffered = (region: Region, type: InstanceType, zone: Zone): boolean =>
  type.everywhere || zone !== region.zones.at(-1);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html */
export const describeInstanceTypeOfferings: Action = ({ cloud, region, parameters }) => {
  const locationType = parameters.text('LocationType') ?? 'region';
  const found = select(parameters, offerings(region, locationType), {
    'instance-type': (offering) => [offering.instanceType],
    location: (offering) => [offering.location],
  });
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({ instanceTypeOfferingSet: page.items, nextToken: page.nextToken });
};

type Offering = {
  readonly instanceType: string;
  readonly locationType: string;
  readonly location: string;
};

const offerings = (region: Region, locationType: string): Offering[] => {
  const types = [...instanceTypes.values()];
  const inZones = (locationOf: (zone: Zone) => string): Offering[] =>
    types.flatMap((type) =>
      region.zones
        .filter((zone) => isOffered(region, type, zone))
        .map((zone) => ({ instanceType: type.name, locationType, location: locationOf(zone) })),
    );
  if (locationType === 'availability-zone') return inZones((zone) => zone.name);
  if (locationType === 'availability-zone-id') return inZones((zone) => zone.id);
  if (locationType !== 'region') {
    throw invalidValue(`Invalid value '${locationType}' for LocationType.`);
  }
  return types.map((type) => ({ instanceType: type.name, locationType, location: region.name }));
};
