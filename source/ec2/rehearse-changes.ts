import {
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteLaunchTemplateCommand,
  DeleteSecurityGroupCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type Instance, tagNames } from './cloud.ts';
import type { Survey } from './prepare.ts';
import type { DryRun } from './rehearse.ts';
import type { RegionScope } from './scope.ts';

/**
 * Dry runs of what changes and removes things, for those that exist: a policy may allow it for what
 * carries the deployment's tag only, and of what is not there EC2 would say that it is forbidden.
 */
export const rehearseChanges = (
  { client, config }: RegionScope,
  { groups, keyPair, template }: Survey,
  instances: readonly Instance[],
): DryRun[] => {
  const dry = { DryRun: true };
  const runs: DryRun[] = [];
  const living = instances.find(({ state }) => state !== 'terminated' && state !== 'shutting-down');
  const tagged = living?.instanceId ?? template?.templateId;
  if (tagged !== undefined) {
    const Tags = [{ Key: tagNames.deployment, Value: config.deployment }];
    runs.push({
      action: 'CreateTags',
      send: (options) =>
        client.send(new CreateTagsCommand({ Resources: [tagged], Tags, ...dry }), options),
    });
  }
  if (living !== undefined) {
    const InstanceIds = [living.instanceId];
    runs.push({
      action: 'TerminateInstances',
      send: (options) =>
        client.send(new TerminateInstancesCommand({ InstanceIds, ...dry }), options),
    });
  }
  if (template !== undefined) {
    const LaunchTemplateId = template.templateId;
    runs.push({
      action: 'DeleteLaunchTemplate',
      send: (options) =>
        client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId, ...dry }), options),
    });
  }
  const groupId = groups.own?.GroupId;
  if (groupId !== undefined) {
    runs.push({
      action: 'DeleteSecurityGroup',
      send: (options) =>
        client.send(new DeleteSecurityGroupCommand({ GroupId: groupId, ...dry }), options),
    });
  }
  // A key pair that the configuration names is somebody else's.
  if (config.ssh.keyName === undefined && keyPair.missing === undefined) {
    runs.push({
      action: 'DeleteKeyPair',
      send: (options) =>
        client.send(new DeleteKeyPairCommand({ KeyName: keyPair.name, ...dry }), options),
    });
  }
  return runs;
};
