import {
  DescribeInstancesCommand,
  type InstanceStateName,
  type Instance as SdkInstance,
} from '@aws-sdk/client-ec2';
import type { Instance, InstanceState } from './cloud.ts';
import { askForPages } from './request.ts';
import { fromTags, taggedFor } from './resource-tags.ts';
import type { AccountRegion, RegionScope } from './scope.ts';

/** All of the deployment's instances, as `describeTagged` finds them. */
export const describeInstances = (scope: RegionScope, signal: AbortSignal): Promise<Instance[]> =>
  describeTagged(scope, scope.config.deployment, signal, scope.config.ssh.jumpHost !== undefined);

/**
 * All instances with the tag of a deployment, or of any, a thousand a page, whatever their state, as EC2's list
 * shows them: what happened in the last seconds may be missing.
 *
 * @param isInside whether they are reached from within their own network
 */
export const describeTagged = async (
  scope: AccountRegion,
  deployment: string | undefined,
  signal: AbortSignal,
  isInside = false,
): Promise<Instance[]> => {
  const instances = await askForPages(
    scope,
    { doing: 'list the instances', action: 'DescribeInstances' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeInstancesCommand({
          Filters: [taggedFor(deployment)],
          MaxResults: 1000,
          ...token,
        }),
        options,
      );
      const items = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
      return { items, nextToken: answer.NextToken };
    },
  );
  return instances.flatMap((instance) => toInstance(scope.region, instance, isInside) ?? []);
};

/**
 * EC2's instance as the program's; undefined for one without an id or a state.
 *
 * @param isInside whether it is reached from within its own network
 */
const toInstance = (
  region: string,
  instance: SdkInstance,
  isInside = false,
): Instance | undefined => {
  const { InstanceId: instanceId, Ipv6Address: ipv6 } = instance;
  const state = stateOf(instance.State?.Name);
  if (instanceId === undefined || state === undefined) return undefined;
  const publicAddress = present(instance.PublicIpAddress);
  const privateAddress = present(instance.PrivateIpAddress);
  const address = isInside
    ? (privateAddress ?? present(ipv6) ?? publicAddress)
    : (publicAddress ?? present(ipv6) ?? privateAddress);
  const stateReason = instance.StateReason?.Code ?? present(instance.StateTransitionReason);
  return {
    instanceId,
    region,
    zone: instance.Placement?.AvailabilityZone ?? '',
    instanceType: instance.InstanceType ?? '',
    imageId: instance.ImageId ?? '',
    state,
    launchedAt: instance.LaunchTime?.getTime() ?? 0,
    lifecycle: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    tags: fromTags(instance.Tags),
    ...(stateReason === undefined ? {} : { stateReason }),
    ...(address === undefined ? {} : { address }),
    ...(publicAddress === undefined ? {} : { publicAddress }),
    ...(privateAddress === undefined ? {} : { privateAddress }),
  };
};

const present = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const stateOf = (name: InstanceStateName | undefined): InstanceState | undefined => {
  switch (name) {
    case 'pending':
    case 'running':
    case 'shutting-down':
    case 'terminated':
    case 'stopping':
    case 'stopped':
      return name;
    case undefined:
      return undefined;
    default:
      return name satisfies never;
  }
};
