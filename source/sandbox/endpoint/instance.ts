import type { MachineAddress } from '../hypervisor.ts';
import { Ec2Failure } from './failure.ts';
import { checkForm } from './identifiers.ts';
import type { Architecture, InstanceType } from './instance-types.ts';
import type { Region } from './region.ts';
import type { Subnet } from './subnets.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated';

/** An instance, from its launch until it is forgotten. */
export type Instance = {
  readonly id: string;
  readonly reservationId: string;
  readonly region: string;
  readonly architecture: Architecture;
  readonly rootDevice: string;
  readonly type: InstanceType;
  readonly imageId: string;
  readonly lifecycle: 'spot' | 'on-demand';
  readonly keyName: string | undefined;
  readonly subnet: Subnet;
  readonly securityGroupIds: readonly string[];
  readonly interfaceId: string;
  /** Whether it gets a public address. */
  readonly isPublic: boolean;
  readonly launchIndex: number;
  readonly clientToken: string | undefined;
  readonly volumeId: string;
  readonly spotRequestId: string | undefined;
  readonly metadata: MetadataOptions;
  readonly launchedAt: number;
  /** When other calls get to know it. */
  readonly visibleAt: number;
  /** When its status checks pass, once it runs. */
  healthyAt: number;
  state: InstanceState;
  /** When it changed into its state. */
  stateSince: number;
  stateReason: StateReason | undefined;
  /** EC2's words for the last change that somebody asked for. */
  transitionReason: string;
  /** Present once the machine has one. */
  address: MachineAddress | undefined;
  consoleIsSilent: boolean;
  /** Resolves once the hypervisor has answered the launch, whatever it answered. */
  launch: Promise<void>;
};

export type StateReason = { readonly code: string; readonly message: string };

export type MetadataOptions = {
  readonly httpTokens: string;
  readonly httpPutResponseHopLimit: number;
  readonly httpEndpoint: string;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
export const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
};

/** Instances of a region that calls know by now. */
export const visibleInstances = (region: Region, now: number): Instance[] =>
  [...region.instances.values()].filter((instance) => instance.visibleAt <= now);

/** @throws Ec2Failure `InvalidInstanceID.NotFound` or `.Malformed` */
export const visibleInstance = (region: Region, id: string, now: number): Instance => {
  const [instance] = instancesById(region, [id], now);
  if (instance === undefined) throw missing([id]);
  return instance;
};

/** @throws Ec2Failure `InvalidInstanceID.NotFound` or `.Malformed`, for one bad id among many */
export const instancesById = (region: Region, ids: readonly string[], now: number): Instance[] => {
  for (const id of ids) checkForm('InstanceID', 'i', id);
  const found = [...new Set(ids)].map((id) => ({ id, instance: region.instances.get(id) }));
  const absent = found.filter(({ instance }) => instance === undefined || instance.visibleAt > now);
  if (absent.length > 0) throw missing(absent.map(({ id }) => id));
  return found.flatMap(({ instance }) => (instance === undefined ? [] : [instance]));
};

const missing = (ids: readonly string[]): Ec2Failure =>
  new Ec2Failure(
    'InvalidInstanceID.NotFound',
    ids.length === 1
      ? `The instance ID '${ids[0]}' does not exist`
      : `The instance IDs '${ids.join(', ')}' do not exist`,
  );
