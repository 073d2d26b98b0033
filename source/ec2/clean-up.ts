import {
  DeleteKeyPairCommand,
  DeleteLaunchTemplateCommand,
  DeleteSecurityGroupCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import type { CleanupAnswer, Instance } from './cloud.ts';
import { Ec2Error } from './errors.ts';
import { persist } from './persist.ts';
import { ask, askForPages } from './request.ts';
import { deploymentFilter } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** Something to remove: in words for people, and how. */
type Leftover = { readonly name: string; readonly remove: () => Promise<unknown> };

/**
 * Removes the launch template, the key pairs and the security group that carry the deployment's
 * tag; others stay. Does nothing while an instance is left. Waits, within bounds, for the last
 * network interface to leave the security group. What can't be removed is part of the answer.
 */
export const cleanUp = async (
  scope: RegionScope,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<CleanupAnswer> => {
  const alive = instances.filter(
    ({ state }) => state !== 'terminated' && state !== 'shutting-down',
  );
  if (alive.length > 0) {
    const ids = alive.map(({ instanceId }) => instanceId).join(', ');
    return { removed: [], left: [`everything in ${scope.region}, because ${ids} is still there`] };
  }
  const leftovers = [
    ...(await findLaunchTemplates(scope, signal)),
    ...(await findKeyPairs(scope, signal)),
    ...(await findGroups(scope, signal)),
  ];
  const removed: string[] = [];
  const left: string[] = [];
  for (const { name, remove } of leftovers) {
    try {
      await remove();
      removed.push(name);
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      // Gone already, by another destroy or by this one's first try.
      if (error.kind === 'not-found') removed.push(name);
      else left.push(`${error.message}. ${error.hint}`);
    }
  }
  return { removed, left };
};

const findLaunchTemplates = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<Leftover[]> => {
  const templates = await askForPages(
    scope,
    { doing: 'look for launch templates to remove', action: 'DescribeLaunchTemplates' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeLaunchTemplatesCommand({ Filters: [deploymentFilter(scope)], ...token }),
        options,
      );
      return { items: answer.LaunchTemplates ?? [], nextToken: answer.NextToken };
    },
  );
  return templates.flatMap(({ LaunchTemplateId: id, LaunchTemplateName }) => {
    if (id === undefined) return [];
    const name = `launch template ${LaunchTemplateName} (${scope.region})`;
    const question = { doing: `remove the ${name}`, action: 'DeleteLaunchTemplate' };
    const remove = () =>
      ask(scope, question, signal, (options) =>
        scope.client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }), options),
      );
    return [{ name, remove }];
  });
};

const findKeyPairs = async (scope: RegionScope, signal: AbortSignal): Promise<Leftover[]> => {
  const answer = await ask(
    scope,
    { doing: 'look for key pairs to remove', action: 'DescribeKeyPairs' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeKeyPairsCommand({ Filters: [deploymentFilter(scope)] }),
        options,
      ),
  );
  return (answer.KeyPairs ?? []).flatMap(({ KeyName }) => {
    if (KeyName === undefined) return [];
    const name = `key pair ${KeyName} (${scope.region})`;
    const question = { doing: `remove the ${name}`, action: 'DeleteKeyPair' };
    const remove = () =>
      ask(scope, question, signal, (options) =>
        scope.client.send(new DeleteKeyPairCommand({ KeyName }), options),
      );
    return [{ name, remove }];
  });
};

const findGroups = async (scope: RegionScope, signal: AbortSignal): Promise<Leftover[]> => {
  const groups = await askForPages(
    scope,
    { doing: 'look for security groups to remove', action: 'DescribeSecurityGroups' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSecurityGroupsCommand({ Filters: [deploymentFilter(scope)], ...token }),
        options,
      );
      return { items: answer.SecurityGroups ?? [], nextToken: answer.NextToken };
    },
  );
  return groups.flatMap(({ GroupId: id, GroupName }) => {
    if (id === undefined) return [];
    const name = `security group ${GroupName} (${scope.region})`;
    const question = { doing: `remove the ${name}`, action: 'DeleteSecurityGroup' };
    const remove = () =>
      persist(
        scope,
        {
          codes: /^(DependencyViolation|InvalidGroup\.InUse)$/,
          patience: scope.patience.release,
          signal,
        },
        () =>
          ask(scope, question, signal, (options) =>
            scope.client.send(new DeleteSecurityGroupCommand({ GroupId: id }), options),
          ),
      );
    return [{ name, remove }];
  });
};
