import { DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { persist } from '../persist.ts';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';

/** Their removal waits for the last network interface to leave them. */
export const findSecurityGroups: FindLeftovers = async (scope, deployment, signal) => {
  const groups = await askForPages(
    scope,
    { doing: 'look for security groups to remove', action: 'DescribeSecurityGroups' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSecurityGroupsCommand({ Filters: [taggedFor(deployment)], ...token }),
        options,
      );
      return { items: answer.SecurityGroups ?? [], nextToken: answer.NextToken };
    },
  );
  return groups.flatMap(({ GroupId: id, GroupName, Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `security group ${GroupName} (${scope.region})`;
    return {
      name,
      deployment: owner,
      remove: (until) =>
        persist(
          scope,
          {
            codes: /^(DependencyViolation|InvalidGroup\.InUse)$/,
            patience: scope.patience.release,
            signal: until,
          },
          () =>
            ask(
              scope,
              { doing: `remove the ${name}`, action: 'DeleteSecurityGroup' },
              until,
              (options) =>
                scope.client.send(new DeleteSecurityGroupCommand({ GroupId: id }), options),
            ),
        ),
    };
  });
};
