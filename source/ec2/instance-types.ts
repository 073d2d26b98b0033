import {
  type _InstanceType,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import { ask, askForPages } from './request.ts';
import type { RegionScope } from './scope.ts';

/** As Ubuntu names its images; EC2 says `x86_64` for `amd64`. */
export type Architecture = 'amd64' | 'arm64';

/**
 * The architectures of the region's instance types, by name and in their order. Rejects when a type
 * does not exist or can't be a spot instance.
 */
export const findArchitectures = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Architecture>> => {
  const names = [...new Set(scope.regionConfig.instanceTypes)];
  const answer = await ask(
    scope,
    { doing: `find the instance type ${names.join(', ')}`, action: 'DescribeInstanceTypes' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: names.map(asInstanceType) }),
        options,
      ),
  );
  const types = new Map(
    (answer.InstanceTypes ?? []).map((type) => [String(type.InstanceType), type]),
  );
  return new Map(names.map((name) => [name, architectureOf(scope, name, types.get(name))]));
};

/** Which of the instance types which zone offers. */
export const findOfferings = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const offerings = await askForPages(
    scope,
    { doing: 'find the zones of the instance types', action: 'DescribeInstanceTypeOfferings' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeInstanceTypeOfferingsCommand({
          LocationType: 'availability-zone',
          Filters: [{ Name: 'instance-type', Values: [...scope.regionConfig.instanceTypes] }],
          ...token,
        }),
        options,
      );
      return { items: answer.InstanceTypeOfferings ?? [], nextToken: answer.NextToken };
    },
  );
  const zones = new Map<string, Set<string>>();
  for (const { InstanceType, Location } of offerings) {
    if (InstanceType === undefined || Location === undefined) continue;
    zones.set(Location, (zones.get(Location) ?? new Set()).add(InstanceType));
  }
  return zones;
};

/** The SDK's type lists every instance type that there was when it was built; EC2 has the say. */
export const asInstanceType = (name: string): _InstanceType => name as _InstanceType;

const architectureOf = (
  scope: RegionScope,
  name: string,
  type: InstanceTypeInfo | undefined,
): Architecture => {
  const supported: readonly string[] = type?.ProcessorInfo?.SupportedArchitectures ?? [];
  const usages = type?.SupportedUsageClasses;
  if (usages !== undefined && !usages.includes('spot')) {
    throw new Ec2Error(`${scope.region}: ${name} is never sold as a spot instance`, {
      kind: 'invalid',
      region: scope.region,
      hint: 'Use another instance type.',
    });
  }
  if (supported.includes('x86_64')) return 'amd64';
  if (supported.includes('arm64')) return 'arm64';
  throw new Ec2Error(
    type === undefined
      ? `${scope.region}: there is no instance type ${name}`
      : `${scope.region}: ${name} is neither amd64 nor arm64 but ${supported.join(', ')}`,
    {
      kind: 'not-found',
      region: scope.region,
      code: 'InvalidInstanceType',
      hint: `See what there is: aws ec2 describe-instance-type-offerings --region ${scope.region}.`,
    },
  );
};
