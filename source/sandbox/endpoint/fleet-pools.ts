import type { Pool } from './allocation.ts';
import type { Call } from './call.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { instanceTypes } from './instance-types.ts';
import type { Lifecycle } from './launch.ts';
import { type BlockDevice, type LaunchData, overlay, readBlockDevices } from './launch-data.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import { type LaunchTemplate, requestedTemplate, versionOf } from './launch-template.ts';
import type { Parameters } from './parameters.ts';
import { onDemandPrice, spotPrice } from './prices.ts';
import type { Region } from './region.ts';
import type { Subnet } from './subnets.ts';
import type { XmlFields } from './xml.ts';

/** One type in one zone that a fleet may take instances from. */
export type FleetPool = Pool & {
  readonly template: LaunchTemplate;
  readonly version: number;
  readonly override: Override;
  readonly plan: LaunchPlan;
  readonly subnet: Subnet;
};

/** What a fleet changes of its launch template. */
type Override = {
  readonly instanceType: string | undefined;
  readonly maxPrice: string | undefined;
  readonly subnetId: string | undefined;
  readonly zone: string | undefined;
  readonly imageId: string | undefined;
  readonly weight: number | undefined;
  readonly priority: number | undefined;
  readonly blockDevices: readonly BlockDevice[];
};

type Candidate = {
  readonly template: LaunchTemplate;
  readonly version: number;
  readonly data: LaunchData;
  readonly override: Override;
};

/**
 * The pools that a fleet request names, and what can't be one. A template that doesn't exist
 * fails the request; anything that a launch stumbles over fails the pool.
 */
export const readPools = (
  call: Call,
): {
  readonly pools: (lifecycle: Lifecycle) => FleetPool[];
  readonly errors: (lifecycle: Lifecycle) => XmlFields[];
} => {
  const configurations = call.parameters.structures('LaunchTemplateConfigs');
  if (configurations.length === 0) throw missingParameter('LaunchTemplateConfigs');
  const candidates = configurations.flatMap((configuration) =>
    readConfiguration(call.region, configuration),
  );
  const planned = candidates.map((candidate) => ({
    candidate,
    outcome: planOf(call.region, candidate),
  }));
  return {
    pools: (lifecycle) =>
      planned.flatMap(({ candidate, outcome }) =>
        outcome instanceof Ec2Failure ? [] : poolsOf(call.region, candidate, outcome, lifecycle),
      ),
    errors: (lifecycle) =>
      planned.flatMap(({ candidate, outcome }) =>
        outcome instanceof Ec2Failure
          ? [
              {
                launchTemplateAndOverrides: describeCandidate(candidate),
                lifecycle,
                errorCode: outcome.code,
                errorMessage: outcome.message,
              },
            ]
          : [],
      ),
  };
};

const readConfiguration = (region: Region, configuration: Parameters): Candidate[] => {
  const specification = configuration.structure('LaunchTemplateSpecification');
  if (specification === undefined) throw missingParameter('LaunchTemplateSpecification');
  const template = requestedTemplate(region, specification);
  const version = versionOf(template, specification.required('Version'));
  const overrides = configuration.structures('Overrides').map(readOverride);
  return (overrides.length > 0 ? overrides : [noOverride]).map((override) => ({
    template,
    version: version.number,
    data: version.data,
    override,
  }));
};

const noOverride: Override = {
  instanceType: undefined,
  maxPrice: undefined,
  subnetId: undefined,
  zone: undefined,
  imageId: undefined,
  weight: undefined,
  priority: undefined,
  blockDevices: [],
};

const readOverride = (parameters: Parameters): Override => {
  const instanceType = parameters.text('InstanceType');
  if (instanceType !== undefined && !instanceTypes.has(instanceType)) {
    throw invalidValue(`Invalid value '${instanceType}' for InstanceType.`);
  }
  return {
    instanceType,
    maxPrice: parameters.text('MaxPrice'),
    subnetId: parameters.text('SubnetId'),
    zone: parameters.text('AvailabilityZone'),
    imageId: parameters.text('ImageId'),
    weight: numeric(parameters.text('WeightedCapacity')),
    priority: numeric(parameters.text('Priority')),
    blockDevices: readBlockDevices(parameters),
  };
};

const numeric = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

const planOf = (region: Region, { data, override }: Candidate): LaunchPlan | Ec2Failure => {
  try {
    if (data.market !== undefined) {
      throw new Ec2Failure(
        'InvalidFleetConfiguration',
        'A launch template with InstanceMarketOptions cannot be used by a fleet',
      );
    }
    return planLaunch(region, overlay(data, overrideData(data, override)));
  } catch (error) {
    if (error instanceof Ec2Failure) return error;
    throw error;
  }
};

/** The override in the form of launch data. */
const overrideData = (data: LaunchData, override: Override): LaunchData => ({
  imageId: override.imageId,
  instanceType: override.instanceType,
  keyName: undefined,
  userData: undefined,
  securityGroupIds: [],
  securityGroupNames: [],
  networkInterface:
    override.subnetId === undefined
      ? undefined
      : {
          associatePublicIp: undefined,
          deleteOnTermination: undefined,
          description: undefined,
          securityGroupIds: [],
          ...data.networkInterface,
          subnetId: override.subnetId,
        },
  zone: override.zone,
  blockDevices: override.blockDevices,
  market:
    override.maxPrice === undefined ? undefined : { type: 'spot', maxPrice: override.maxPrice },
  metadata: undefined,
  tags: new Map(),
  remembered: {},
});

const poolsOf = (
  region: Region,
  candidate: Candidate,
  plan: LaunchPlan,
  lifecycle: Lifecycle,
): FleetPool[] =>
  plan.subnets.map((subnet) => ({
    template: candidate.template,
    version: candidate.version,
    override: candidate.override,
    plan,
    subnet,
    price:
      lifecycle === 'spot'
        ? spotPrice(region, plan.type, subnet.zone)
        : onDemandPrice(region, plan.type),
    priority: candidate.override.priority ?? Number.MAX_SAFE_INTEGER,
    weight: candidate.override.weight ?? 1,
  }));

/** The `launchTemplateAndOverrides` of an answer. */
export const describeFleetPool = (pool: FleetPool): XmlFields => ({
  ...describeCandidate(pool),
  overrides: {
    ...describeOverride(pool.override),
    instanceType: pool.plan.type.name,
    availabilityZone: pool.subnet.zone.name,
  },
});

const describeCandidate = (
  candidate: Pick<Candidate, 'template' | 'version' | 'override'>,
): XmlFields => ({
  launchTemplateSpecification: {
    launchTemplateId: candidate.template.id,
    version: candidate.version,
  },
  overrides: describeOverride(candidate.override),
});

const describeOverride = (override: Override): XmlFields => ({
  instanceType: override.instanceType,
  maxPrice: override.maxPrice,
  subnetId: override.subnetId,
  availabilityZone: override.zone,
  imageId: override.imageId,
  weightedCapacity: override.weight,
  priority: override.priority,
});
