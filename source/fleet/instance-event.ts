import { type Instance, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import type { InstanceEvent } from '../events/event.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';

/** What is known of a machine: little when it has just been launched. */
export type InstanceFacts = Pick<Instance, 'instanceId' | 'instanceType' | 'region'> &
  Partial<Instance>;

/** What there is to tell of the machine behind a node, as EC2 described it. */
export const instanceEvent = (
  instance: InstanceFacts,
  {
    hostKey,
    node,
    price,
    rebalanceSince,
    replacedBy,
    sshPort,
    time,
  }: {
    /** Absent until a connection was made. */
    readonly hostKey?: TrustedHostKey | undefined;
    readonly node: string;
    /** US dollars per hour; absent while it is not known. */
    readonly price: number | undefined;
    /** Since when EC2 recommends to rebalance, if it does; milliseconds since the Unix epoch. */
    readonly rebalanceSince?: number | undefined;
    /** Name of the node that has its place, once EC2 takes it back. */
    readonly replacedBy?: string | undefined;
    readonly sshPort: number;
    readonly time: number;
  },
): InstanceEvent => {
  const { address, imageId, launchedAt, lifecycle, zone } = instance;
  const { privateAddress, publicAddress } = instance;
  const expiresAt = expiryOf(instance.tags ?? {});
  return {
    event: 'instance',
    time,
    node,
    instanceId: instance.instanceId,
    region: instance.region,
    ...(zone === undefined ? {} : { zone }),
    instanceType: instance.instanceType,
    ...(lifecycle === undefined ? {} : { lifecycle }),
    ...(imageId === undefined ? {} : { imageId }),
    ...(address === undefined ? {} : { address, sshPort }),
    ...(publicAddress === undefined ? {} : { publicAddress }),
    ...(privateAddress === undefined ? {} : { privateAddress }),
    ...(price === undefined ? {} : { pricePerHour: price }),
    ...(launchedAt === undefined ? {} : { launchedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(hostKey === undefined
      ? {}
      : { hostKey: hostKey.trust, hostKeyFingerprint: hostKey.fingerprint }),
    ...(rebalanceSince === undefined ? {} : { rebalanceSince }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
  };
};

/** Whether a description tells something of a machine that the one before did not. */
export const isOtherwise = (before: Instance | undefined, after: Instance): boolean =>
  before === undefined || factsOf(before) !== factsOf(after);

const factsOf = (instance: Instance): string => {
  const { instanceId, zone, instanceType, imageId, address, tags } = instance;
  const { privateAddress, publicAddress } = instance;
  const { [tagNames.sshPort]: sshPort, [tagNames.expires]: expires } = tags;
  return JSON.stringify([
    ...[instanceId, zone, instanceType, imageId, sshPort, expires],
    ...[address, publicAddress, privateAddress],
  ]);
};
