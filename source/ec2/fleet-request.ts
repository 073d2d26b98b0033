import { createHash } from 'node:crypto';
import type { CreateFleetCommandInput } from '@aws-sdk/client-ec2';
import { type Instance, type Lifecycle, tagNames } from './cloud.ts';
import { asInstanceType } from './instance-types.ts';
import type { LaunchIntent } from './launch-intent.ts';
import type { LaunchRecord } from './launch-record.ts';
import type { LaunchTemplate } from './launch-template.ts';
import { launchTags, toTags } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** A type in a zone: what EC2 calls a capacity pool. */
export type Pool = {
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
  /** The image, where the type needs another one than that of the launch template. */
  readonly imageId?: string;
};

export type FleetOptions = LaunchIntent & {
  readonly template: LaunchTemplate;
  /** The number of the launch. */
  readonly generation: number;
};

/**
 * One launch as a `CreateFleet` request. The client token stands for the number of the launch, and
 * for nothing else: whoever asks first under a number has it. The same request again, even by
 * another process after a crash, gets the same instances; any other is refused by EC2 rather than
 * launched as well. What a launch asks for and whose it is are tags, so that requests differ in
 * them and instances tell of them.
 *
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export const fleetRequest = (
  scope: RegionScope,
  options: FleetOptions,
): CreateFleetCommandInput => {
  const { count, lifecycle, pools, template } = options;
  const limit = lifecycle === 'spot' ? scope.regionConfig.spotPriceLimit : undefined;
  const tags = toTags(fleetTags(scope, options));
  return {
    ClientToken: clientToken(scope, options),
    Type: 'instant',
    ...strategyOf(lifecycle),
    TargetCapacitySpecification: {
      TotalTargetCapacity: count,
      DefaultTargetCapacityType: lifecycle,
    },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: template.templateId,
          Version: template.version,
        },
        Overrides: pools.map(({ imageId, instanceType, subnetId }) => ({
          InstanceType: asInstanceType(instanceType),
          SubnetId: subnetId,
          ...(imageId === undefined ? {} : { ImageId: imageId }),
          ...(limit === undefined ? {} : { MaxPrice: String(limit) }),
        })),
      },
    ],
    TagSpecifications: [
      { ResourceType: 'fleet', Tags: tags },
      { ResourceType: 'instance', Tags: tags },
    ],
  };
};

/** Tags of what a launch makes. */
export const fleetTags = (
  scope: RegionScope,
  { count, generation, identity, template }: FleetOptions,
): Readonly<Record<string, string>> => ({
  ...launchTags(scope, generation),
  [tagNames.launch]: `${count} ${template.templateId} ${identity}`,
});

/** Instances of the launch with the number, of the row that belongs to the launch template. */
export const launchedWith = (
  { templateId, generation }: Pick<LaunchRecord, 'templateId' | 'generation'>,
  instances: readonly Instance[],
): Instance[] =>
  instances.filter(
    ({ tags }) =>
      tags[tagNames.generation] === String(generation) &&
      tags[tagNames.launch]?.split(' ')[1] === templateId,
  );

/** How many instances were asked for in the launch that brought this one. */
export const askedWith = ({ tags }: Instance): number =>
  Number.parseInt(tags[tagNames.launch] ?? '', 10);

const strategyOf = (lifecycle: Lifecycle): Partial<CreateFleetCommandInput> =>
  lifecycle === 'spot'
    ? { SpotOptions: { AllocationStrategy: 'price-capacity-optimized' } }
    : { OnDemandOptions: { AllocationStrategy: 'lowest-price' } };

/** At most 64 ASCII characters. */
const clientToken = (
  { region, config }: RegionScope,
  { template, generation }: FleetOptions,
): string => {
  const parts = [config.deployment, region, template.templateId, generation];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `spot-tui-${generation}-${digest.slice(0, 32)}`;
};
