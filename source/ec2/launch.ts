import {
  CreateFleetCommand,
  type CreateFleetCommandInput,
  type CreateFleetCommandOutput,
  CreateTagsCommand,
  type LaunchTemplateAndOverridesResponse,
} from '@aws-sdk/client-ec2';
import {
  type LaunchAnswer,
  type LaunchedInstance,
  type LaunchRefusal,
  type LaunchRequest,
  tagNames,
} from './cloud.ts';
import { explainCode } from './error-codes.ts';
import { Ec2Error, toEc2Error } from './errors.ts';
import { fleetRequest, type Pool } from './fleet-request.ts';
import type { LaunchTemplate } from './launch-template.ts';
import { persist } from './persist.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/** What a launch stands on. */
export type LaunchGround = {
  readonly template: LaunchTemplate;
  readonly pools: readonly Pool[];
};

/**
 * Instances of one `CreateFleet`. EC2 would take more, but its answer comes only when all are
 * launched, and a connection must hold as long.
 */
const maximumPerCall = 500;

/**
 * Launches spot instances, in several calls where they are many. Whatever came is an answer, with
 * the reasons why not more; rejects only when nothing came and waiting for capacity would not
 * help.
 */
export const launchInstances = async (
  scope: RegionScope,
  ground: LaunchGround,
  request: Omit<LaunchRequest, 'userData'>,
  signal: AbortSignal,
): Promise<LaunchAnswer> => {
  const instances: LaunchedInstance[] = [];
  const refusals: LaunchRefusal[] = [];
  for (let part = 0; instances.length < request.count; part += 1) {
    const count = Math.min(request.count - part * maximumPerCall, maximumPerCall);
    if (count <= 0) break;
    try {
      const answer = await createFleet(scope, ground, { ...request, count }, part, signal);
      instances.push(...answer.instances);
      refusals.push(...answer.refusals);
      if (answer.instances.length < count) break;
    } catch (error) {
      // What earlier calls launched runs, and must not be lost over what this one says.
      if (instances.length === 0) throw error;
      const { code = 'Unknown', message } = toEc2Error(error, {
        region: scope.region,
        doing: 'launch instances',
      });
      refusals.push({ code, message });
      break;
    }
  }
  return { instances, refusals: withoutDuplicates(refusals) };
};

/** Remembers in EC2 that a launch was answered, so that its client token is not used again. */
export const recordLaunch = async (
  scope: RegionScope,
  template: LaunchTemplate,
  signal: AbortSignal,
): Promise<LaunchTemplate> => {
  const launches = template.launches + 1;
  try {
    await ask(
      scope,
      { doing: `note the launch on ${template.templateId}`, action: 'CreateTags' },
      signal,
      (options) =>
        scope.client.send(
          new CreateTagsCommand({
            Resources: [template.templateId],
            Tags: [{ Key: tagNames.launches, Value: String(launches) }],
          }),
          options,
        ),
    );
  } catch (error) {
    // Instances run already: losing them over a note would be worse than losing the note.
    if (error instanceof Ec2Error) scope.onTrouble(error);
  }
  return { ...template, launches };
};

/** What EC2 may say for a moment of the things that a launch stands on. */
const notVisibleYet =
  /^(InvalidLaunchTemplate(Id|Name)\..*|InvalidKeyPair\.NotFound|InvalidGroup\.NotFound)$/;

const createFleet = (
  scope: RegionScope,
  ground: LaunchGround,
  request: Omit<LaunchRequest, 'userData'>,
  part: number,
  signal: AbortSignal,
): Promise<LaunchAnswer> => {
  let tries = 0;
  return persist(
    scope,
    { codes: notVisibleYet, patience: scope.patience.visibility, signal },
    async () => {
      const attempt = `${part}.${tries}`;
      const input = fleetRequest(scope, { ...ground, ...request, attempt });
      const answer = await sendFleet(scope, ground, input, signal);
      // A refusal is the answer to this token from now on: a next try needs another one.
      tries += 1;
      if (answer.instances.length > 0) return answer;
      const errors = answer.refusals.map((refusal) => refusalError(scope, refusal));
      const [error] = errors;
      if (error !== undefined && errors.every(({ kind }) => kind !== 'capacity')) throw error;
      return answer;
    },
  );
};

const sendFleet = async (
  scope: RegionScope,
  ground: LaunchGround,
  input: CreateFleetCommandInput,
  signal: AbortSignal,
): Promise<LaunchAnswer> => {
  const answer = await ask(
    scope,
    { doing: 'launch instances', action: 'CreateFleet' },
    signal,
    (options) => scope.client.send(new CreateFleetCommand(input), options),
  );
  return { instances: launchedOf(answer, ground), refusals: refusalsOf(answer, ground) };
};

const launchedOf = (answer: CreateFleetCommandOutput, ground: LaunchGround): LaunchedInstance[] =>
  (answer.Instances ?? []).flatMap((set) => {
    const { instanceType = '', ...place } = placeOf(set.LaunchTemplateAndOverrides, ground);
    return (set.InstanceIds ?? []).map((instanceId) => ({
      instanceId,
      instanceType: String(set.InstanceType ?? instanceType),
      ...place,
    }));
  });

const refusalsOf = (answer: CreateFleetCommandOutput, ground: LaunchGround): LaunchRefusal[] =>
  (answer.Errors ?? []).map((error) => ({
    code: error.ErrorCode ?? 'Unknown',
    message: error.ErrorMessage ?? '',
    ...placeOf(error.LaunchTemplateAndOverrides, ground),
  }));

/** EC2 names the pool as the request did, by subnet, and not always by zone. */
const placeOf = (
  answer: LaunchTemplateAndOverridesResponse | undefined,
  { pools }: LaunchGround,
): { instanceType?: string; zone?: string } => {
  const { InstanceType, AvailabilityZone, SubnetId } = answer?.Overrides ?? {};
  const zone = AvailabilityZone ?? pools.find(({ subnetId }) => subnetId === SubnetId)?.zone;
  return {
    ...(InstanceType === undefined ? {} : { instanceType: String(InstanceType) }),
    ...(zone === undefined ? {} : { zone }),
  };
};

/** A refusal of a pool as the error that it would be if it were the only one. */
export const refusalError = (
  { region }: { readonly region: string },
  { code, message, instanceType, zone }: LaunchRefusal,
): Ec2Error => {
  const where = [instanceType, zone].filter((part) => part !== undefined).join(' in ');
  return new Ec2Error(
    `${region}: can't launch ${where === '' ? 'instances' : where}: ${message} (${code})`,
    { ...explainCode({ region, code, message, action: 'RunInstances' }), code, region },
  );
};

/** EC2 says the same of a pool once for each instance that it could not launch there. */
const withoutDuplicates = (refusals: readonly LaunchRefusal[]): LaunchRefusal[] => [
  ...new Map(refusals.map((refusal) => [JSON.stringify(refusal), refusal])).values(),
];
