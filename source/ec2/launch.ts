import {
  CreateFleetCommand,
  type CreateFleetCommandOutput,
  type LaunchTemplateAndOverridesResponse,
} from '@aws-sdk/client-ec2';
import type { LaunchedInstance, LaunchRefusal, Lifecycle } from './cloud.ts';
import { explainCode } from './error-codes.ts';
import { Ec2Error } from './errors.ts';
import { type FleetOptions, fleetRequest, type Pool } from './fleet-request.ts';
import type { LaunchTemplate } from './launch-template.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/** What a launch stands on. */
export type LaunchGround = {
  readonly template: LaunchTemplate;
  /** Best types first; at most as many as one request takes. */
  readonly pools: readonly Pool[];
};

/** What EC2 answers a launch with, capacity or none. */
export type FleetAnswer = {
  readonly instances: readonly LaunchedInstance[];
  readonly refusals: readonly LaunchRefusal[];
};

/** What EC2 may say for a moment of the things that a launch stands on. */
export const notVisibleYet =
  /^(InvalidLaunchTemplate(Id|Name)\..*|InvalidKeyPair\.NotFound|InvalidGroup\.NotFound)$/;

/**
 * Sends one launch to EC2. Rejects where EC2 refuses it as a whole: nothing was launched then, and
 * the client token is not used up.
 */
export const launchFleet = async (
  scope: RegionScope,
  options: FleetOptions,
  signal: AbortSignal,
): Promise<FleetAnswer> => {
  const input = fleetRequest(scope, options);
  const answer = await ask(
    scope,
    { doing: 'launch instances', action: 'CreateFleet' },
    signal,
    (send) => scope.client.send(new CreateFleetCommand(input), send),
  );
  return {
    instances: launchedOf(answer, options),
    refusals: withoutDuplicates(refusalsOf(answer, options)),
  };
};

/** Whether EC2 would give instances, but has none to give, or none to this account. */
export const isShortage = ({ kind }: Ec2Error): boolean => kind === 'capacity' || kind === 'quota';

const launchedOf = (answer: CreateFleetCommandOutput, options: FleetOptions): LaunchedInstance[] =>
  (answer.Instances ?? []).flatMap((set) => {
    const { instanceType = '', ...place } = placeOf(set.LaunchTemplateAndOverrides, options);
    return (set.InstanceIds ?? []).map((instanceId) => ({
      instanceId,
      instanceType: String(set.InstanceType ?? instanceType),
      ...place,
      lifecycle: lifecycleOf(set.Lifecycle, options),
    }));
  });

const refusalsOf = (answer: CreateFleetCommandOutput, options: FleetOptions): LaunchRefusal[] =>
  (answer.Errors ?? []).map((error) => ({
    code: error.ErrorCode ?? 'Unknown',
    message: error.ErrorMessage ?? '',
    ...placeOf(error.LaunchTemplateAndOverrides, options),
    lifecycle: lifecycleOf(error.Lifecycle, options),
  }));

const lifecycleOf = (said: string | undefined, { lifecycle }: FleetOptions): Lifecycle =>
  said === 'spot' || said === 'on-demand' ? said : lifecycle;

/** EC2 names the pool as the request did, by subnet, and not always by zone. */
const placeOf = (
  answer: LaunchTemplateAndOverridesResponse | undefined,
  { pools }: FleetOptions,
): { instanceType?: string; zone?: string } => {
  const { InstanceType, AvailabilityZone, SubnetId } = answer?.Overrides ?? {};
  const zone = AvailabilityZone ?? pools.find(({ subnetId }) => subnetId === SubnetId)?.zone;
  return {
    ...(InstanceType === undefined ? {} : { instanceType: String(InstanceType) }),
    ...(zone === undefined ? {} : { zone }),
  };
};

/** A refusal as the error that it would be if it were the only one. */
export const refusalError = (
  { region }: { readonly region: string },
  { code, message, instanceType, zone, lifecycle }: LaunchRefusal,
): Ec2Error => {
  const facts = explainCode({ region, code, message, action: 'RunInstances' });
  const options = { ...facts, code, region };
  // A request that was refused as a whole has its message already.
  if (message.startsWith(`${region}: `)) return new Ec2Error(message, options);
  const where = [instanceType, zone].filter((part) => part !== undefined).join(' in ');
  const what = where === '' ? 'instances' : where;
  const how = lifecycle === 'on-demand' ? ' on demand' : '';
  return new Ec2Error(`${region}: can't launch ${what}${how}: ${message} (${code})`, options);
};

/** EC2 says the same of a pool once for each instance that it could not launch there. */
const withoutDuplicates = (refusals: readonly LaunchRefusal[]): LaunchRefusal[] => [
  ...new Map(refusals.map((refusal) => [JSON.stringify(refusal), refusal])).values(),
];
