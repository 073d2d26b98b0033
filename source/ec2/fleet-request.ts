import { createHash } from 'node:crypto';
import type { CreateFleetCommandInput } from '@aws-sdk/client-ec2';
import { asInstanceType } from './instance-types.ts';
import type { LaunchTemplate } from './launch-template.ts';
import { launchTags, toTags } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** A type in a zone: what EC2 calls a capacity pool. */
export type Pool = {
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
};

export type FleetOptions = {
  readonly template: LaunchTemplate;
  readonly pools: readonly Pool[];
  readonly count: number;
  readonly generation: number;
  readonly identity?: string;
  /** Tells apart the calls of one launch. */
  readonly attempt: string;
};

/** EC2's limit for the overrides of one request. */
const maximumOverrides = 300;

/**
 * One launch as a `CreateFleet` request. The client token is derived from what makes the launch
 * this one: the template, the launches answered so far, the generation, `identity` and `attempt`. Sent twice,
 * even by another process after a crash, it launches once, and with other parameters EC2 refuses
 * it rather than launch a second time. A launch that was answered is never answered again.
 *
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export const fleetRequest = (
  scope: RegionScope,
  options: FleetOptions,
): CreateFleetCommandInput => {
  const { template, generation } = options;
  const limit = scope.regionConfig.spotPriceLimit;
  const tags = toTags(launchTags(scope, generation));
  return {
    ClientToken: clientToken(scope, options),
    Type: 'instant',
    SpotOptions: { AllocationStrategy: 'price-capacity-optimized' },
    TargetCapacitySpecification: {
      TotalTargetCapacity: options.count,
      DefaultTargetCapacityType: 'spot',
    },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: template.templateId,
          Version: template.version,
        },
        // Best types first, so that what is over the limit is the least wanted.
        Overrides: options.pools.slice(0, maximumOverrides).map(({ instanceType, subnetId }) => ({
          InstanceType: asInstanceType(instanceType),
          SubnetId: subnetId,
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

/** At most 64 ASCII characters. */
const clientToken = (
  { region, config }: RegionScope,
  { template, generation, identity, attempt }: FleetOptions,
): string => {
  const parts = [config.deployment, region, template.templateId, template.launches, attempt];
  if (identity !== undefined) parts.push(identity);
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `spot-tui-${generation}-${digest.slice(0, 32)}`;
};
