import {
  AuthorizeSecurityGroupIngressCommand,
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { Instance, LaunchRequest } from './cloud.ts';
import { rehearseDedicatedNetwork } from './dedicated-vpc/rehearsal.ts';
import { Ec2Error } from './errors.ts';
import { fleetRequest } from './fleet-request.ts';
import { inParallel } from './in-parallel.ts';
import { missingRules, toPermission } from './ingress-rules.ts';
import { asInstanceType } from './instance-types.ts';
import { keyPairRequest } from './key-pair.ts';
import { identityOf } from './launch-intent.ts';
import { addressesOf, templateData, templateRequest } from './launch-template.ts';
import type { Survey } from './prepare.ts';
import { rehearseChanges } from './rehearse-changes.ts';
import { ask, type SendOptions } from './request.ts';
import { launchTags, toTags } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';
import { groupRequest, rulesFor } from './security-group.ts';

/** One question whether EC2 would. */
export type DryRun = {
  readonly action: string;
  readonly send: (options: SendOptions) => Promise<unknown>;
};

/**
 * Asks EC2 whether it would do what is still to be done for a launch, and change and remove what is
 * there. Rejects with one error that names every action that it would refuse for lack of
 * permission, or with the first other reason.
 */
export const rehearseLaunch = async (
  scope: RegionScope,
  found: Survey,
  instances: readonly Instance[],
  request: LaunchRequest,
  signal: AbortSignal,
): Promise<void> => {
  const errors: Ec2Error[] = [];
  const runs = [
    ...(await dryRuns(scope, found, request, signal)),
    ...rehearseChanges(scope, found, instances),
  ];
  const [failure] = await inParallel(runs, 4, async ({ action, send }) => {
    const error = await refusal(scope, action, send, signal);
    if (error !== undefined) errors.push(error);
  });
  if (failure !== undefined) throw failure.reason;
  const denied = errors.filter(({ kind }) => kind === 'permission');
  const [first] = denied.length > 0 ? denied : errors;
  if (first === undefined) return;
  if (denied.length < 2) throw first;
  throw new Ec2Error(denied.map(({ message }) => message).join('; '), {
    kind: 'permission',
    region: scope.region,
    hint: denied.map(({ hint }) => hint).join(' '),
    ...(first.code === undefined ? {} : { code: first.code }),
  });
};

/** What stands for "yes", for "no", and for what only the real thing can tell. */
const refusal = async (
  scope: RegionScope,
  action: string,
  send: DryRun['send'],
  signal: AbortSignal,
): Promise<Ec2Error | undefined> => {
  try {
    await ask(scope, { doing: `rehearse ${action}`, action }, signal, send);
    return undefined;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    if (error.code === 'DryRunOperation') return undefined;
    // What an earlier step would make is not there in a rehearsal.
    if (error.kind === 'not-found' || error.kind === 'conflict') return undefined;
    // Nor is a subnet, in an account that has no default one either.
    if (error.code === 'VPCIdNotSpecified') return undefined;
    return error;
  }
};

const dryRuns = async (
  scope: RegionScope,
  found: Survey,
  request: LaunchRequest,
  signal: AbortSignal,
): Promise<DryRun[]> => {
  const { client } = scope;
  const { groups, keyPair, template, network } = found;
  const dry = { DryRun: true };
  const groupId = groups.own?.GroupId;
  const data = templateData(scope, {
    image: found.image,
    keyName: keyPair.name,
    securityGroupIds: [...(groupId === undefined ? [] : [groupId]), ...groups.others],
    userData: request.userData,
    ...(network.ipv6Only === undefined ? {} : { ipv6Only: network.ipv6Only }),
  });
  const runs: DryRun[] = [
    ...rehearseDedicatedNetwork(scope, network),
    {
      action: 'RunInstances',
      send: (options) => client.send(new RunInstancesCommand(runRequest(scope, found)), options),
    },
  ];
  if (groupId === undefined) {
    runs.push({
      action: 'CreateSecurityGroup',
      send: (options) =>
        client.send(
          new CreateSecurityGroupCommand({ ...groupRequest(scope, network.vpcId), ...dry }),
          options,
        ),
    });
  } else {
    const rules = missingRules(
      await rulesFor(scope, network, signal),
      groups.own?.IpPermissions ?? [],
    );
    const input = { GroupId: groupId, IpPermissions: rules.map(toPermission), ...dry };
    if (rules.length > 0) {
      runs.push({
        action: 'AuthorizeSecurityGroupIngress',
        send: (options) => client.send(new AuthorizeSecurityGroupIngressCommand(input), options),
      });
    }
  }
  const { missing } = keyPair;
  if (missing !== undefined) {
    const input = { ...keyPairRequest(scope, keyPair.name, missing), ...dry };
    runs.push({
      action: 'ImportKeyPair',
      send: (options) => client.send(new ImportKeyPairCommand(input), options),
    });
  }
  if (template === undefined) {
    const input = { ...templateRequest(scope, data), ...dry };
    runs.push({
      action: 'CreateLaunchTemplate',
      send: (options) => client.send(new CreateLaunchTemplateCommand(input), options),
    });
  } else {
    const version = { LaunchTemplateId: template.templateId, LaunchTemplateData: data, ...dry };
    runs.push({
      action: 'CreateLaunchTemplateVersion',
      send: (options) => client.send(new CreateLaunchTemplateVersionCommand(version), options),
    });
    const { pools } = found;
    const { count, lifecycle = 'spot' } = request;
    // A rehearsal uses up no number.
    const identity = identityOf(request, count);
    const options = { template, pools, count, lifecycle, identity, generation: 0 };
    const fleet = { ...fleetRequest(scope, options), ...dry };
    runs.push({
      action: 'CreateFleet',
      send: (options) => client.send(new CreateFleetCommand(fleet), options),
    });
  }
  return runs;
};

/** What CreateFleet does in the caller's name, from scratch, because no template may be there. */
const runRequest = (
  scope: RegionScope,
  { image, pools, keyPair, groups, network }: Survey,
): RunInstancesCommandInput => {
  const [pool] = pools;
  const group = groups.own?.GroupId;
  return {
    DryRun: true,
    MinCount: 1,
    MaxCount: 1,
    ImageId: image.imageId,
    ...(pool === undefined ? {} : { InstanceType: asInstanceType(pool.instanceType) }),
    ...(keyPair.missing === undefined ? { KeyName: keyPair.name } : {}),
    InstanceMarketOptions: { MarketType: 'spot' },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        ...addressesOf(scope, network.ipv6Only),
        ...(pool === undefined || network.lacking !== undefined ? {} : { SubnetId: pool.subnetId }),
        ...(group === undefined ? {} : { Groups: [group, ...groups.others] }),
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDevice,
        Ebs: { VolumeSize: scope.regionConfig.storageGb, VolumeType: 'gp3', Encrypted: true },
      },
    ],
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required' },
    TagSpecifications: [
      { ResourceType: 'instance', Tags: toTags(launchTags(scope, 1)) },
      { ResourceType: 'volume', Tags: toTags(launchTags(scope)) },
    ],
  };
};
