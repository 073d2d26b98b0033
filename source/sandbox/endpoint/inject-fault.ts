import type { Fault } from '../fault.ts';
import type { Cloud } from './cloud.ts';
import { privateAddress, publicAddress } from './describe-instances.ts';
import type { Instance } from './instance.ts';
import { end, endedByReclaim } from './instance-life.ts';
import { isRegion } from './regions.ts';
import { markForTermination } from './spot-requests.ts';
import { tagsOf } from './tags.ts';

/** A fault that could not be injected, for people: why, and what to do. */
export class FaultFailure extends Error {
  override readonly name = 'FaultFailure';
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** What a fault has done: the ids of the instances that it struck. */
export type FaultAnswer = { readonly instanceIds: readonly string[] };

/**
 * Does something bad to a live fleet.
 *
 * @throws FaultFailure for a target that isn't there and for what these machines can't do
 */
export const injectFault = async (cloud: Cloud, fault: Fault): Promise<FaultAnswer> => {
  const struck = await strike(cloud, fault);
  cloud.ledger.add({ type: 'fault', fault });
  return { instanceIds: struck === undefined ? [] : [struck.id] };
};

const strike = async (cloud: Cloud, fault: Fault): Promise<Instance | undefined> => {
  switch (fault.kind) {
    case 'throttle':
    case 'deny':
    case 'refuse-capacity':
      requireRegion(fault.region);
      cloud.faultRules.add(fault, cloud.clock.now());
      return undefined;
    case 'reclaim': {
      const instance = findTarget(cloud, fault.target);
      await reclaim(cloud, instance, fault.noticeSeconds * 1000);
      return instance;
    }
    case 'rebalance': {
      const instance = findTarget(cloud, fault.target);
      requireSpot(instance);
      await cloud.hypervisor.recommendRebalance?.(instance.id, cloud.clock.now());
      return instance;
    }
    case 'silence-console': {
      if (fault.target === undefined || isRegion(fault.target)) {
        cloud.faultRules.add(fault, cloud.clock.now());
        return undefined;
      }
      const instance = findTarget(cloud, fault.target);
      instance.consoleIsSilent = true;
      return instance;
    }
    case 'cut-ssh':
    case 'fill-disk':
    case 'stop-service':
    case 'reboot': {
      const instance = findTarget(cloud, fault.target);
      await harm(cloud, instance, fault.kind);
      return instance;
    }
    default:
      return fault satisfies never;
  }
};

const requireRegion = (region: string | undefined): void => {
  if (region === undefined || isRegion(region)) return;
  throw new FaultFailure(
    `there is no region ${region}`,
    'Name one such as us-west-2, or none for all.',
  );
};

const reclaim = async (cloud: Cloud, instance: Instance, notice: number): Promise<void> => {
  const region = cloud.region(instance.region);
  requireSpot(instance);
  if (notice === 0) {
    end(cloud, region, instance, endedByReclaim);
    return;
  }
  markForTermination(cloud, region, instance);
  const time = cloud.clock.now() + notice;
  cloud.clock.after(notice, () => end(cloud, region, instance, endedByReclaim));
  await cloud.hypervisor.announceReclaim?.(instance.id, time);
};

const requireSpot = (instance: Instance): void => {
  if (instance.spotRequestId !== undefined) return;
  throw new FaultFailure(
    `${instance.id} is not a spot instance, EC2 never takes it back`,
    'Choose a node that was launched as spot instance.',
  );
};

const harm = async (
  cloud: Cloud,
  instance: Instance,
  kind: 'cut-ssh' | 'fill-disk' | 'stop-service' | 'reboot',
): Promise<void> => {
  const { hypervisor } = cloud;
  if (hypervisor.injectFault === undefined) {
    throw new FaultFailure(`These machines can't do ${kind}`, 'Use another fault.');
  }
  try {
    await hypervisor.injectFault(instance.id, kind);
  } catch (error) {
    throw new FaultFailure(
      `${kind} on ${instance.id} failed: ${error instanceof Error ? error.message : String(error)}`,
      'Try again once the node runs.',
      { cause: error },
    );
  }
};

const nodeTag = 'spot-tui:node';

/** The living instance that a name, an id, or an address means. */
const findTarget = (cloud: Cloud, target: string): Instance => {
  const alive = cloud.aliveInstances();
  const found = alive.filter((instance) => namesOf(cloud, instance).includes(target));
  const [first, second] = found;
  if (first === undefined) {
    const known = alive.map((instance) => nodeName(cloud, instance) ?? instance.id);
    throw new FaultFailure(
      `No running node is called ${target}`,
      known.length === 0 ? 'Launch a fleet first.' : `There are: ${known.sort().join(', ')}`,
    );
  }
  if (second !== undefined) {
    throw new FaultFailure(
      `${found.length} nodes are called ${target}`,
      `Use an instance id: ${found.map((instance) => instance.id).join(', ')}`,
    );
  }
  return first;
};

const nodeName = (cloud: Cloud, instance: Instance): string | undefined =>
  tagsOf(cloud.region(instance.region), instance.id).get(nodeTag);

const namesOf = (cloud: Cloud, instance: Instance): (string | undefined)[] => {
  const addresses = [publicAddress(instance), privateAddress(instance)].filter(
    (address) => address !== undefined,
  );
  const port = instance.address?.sshPort;
  return [
    instance.id,
    nodeName(cloud, instance),
    ...addresses,
    ...addresses.map((address) => `${address}:${port ?? 22}`),
  ];
};
