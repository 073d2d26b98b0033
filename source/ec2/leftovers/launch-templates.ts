import { DeleteLaunchTemplateCommand, DescribeLaunchTemplatesCommand } from '@aws-sdk/client-ec2';
import { expiryOf } from '../expiry.ts';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, fromTags, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';

export const findLaunchTemplates: FindLeftovers = async (scope, deployment, signal) => {
  const templates = await askForPages(
    scope,
    { doing: 'look for launch templates to remove', action: 'DescribeLaunchTemplates' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeLaunchTemplatesCommand({ Filters: [taggedFor(deployment)], ...token }),
        options,
      );
      return { items: answer.LaunchTemplates ?? [], nextToken: answer.NextToken };
    },
  );
  return templates.flatMap(({ LaunchTemplateId: id, LaunchTemplateName, Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `launch template ${LaunchTemplateName} (${scope.region})`;
    const expiresAt = expiryOf(fromTags(Tags));
    return {
      name,
      deployment: owner,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      remove: (until) =>
        ask(
          scope,
          { doing: `remove the ${name}`, action: 'DeleteLaunchTemplate' },
          until,
          (options) =>
            scope.client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }), options),
        ),
    };
  });
};
