import { DescribeLaunchTemplatesCommand, type LaunchTemplate } from '@aws-sdk/client-ec2';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/**
 * The launch template with the name, whoever made it; undefined where there is none.
 *
 * @param doing For the error's message, see `Question`.
 */
export const findNamedTemplate = async (
  scope: RegionScope,
  name: string,
  doing: string,
  signal: AbortSignal,
): Promise<LaunchTemplate | undefined> => {
  const answer = await ask(scope, { doing, action: 'DescribeLaunchTemplates' }, signal, (options) =>
    scope.client.send(
      new DescribeLaunchTemplatesCommand({
        Filters: [{ Name: 'launch-template-name', Values: [name] }],
      }),
      options,
    ),
  );
  return answer.LaunchTemplates?.find(({ LaunchTemplateName }) => LaunchTemplateName === name);
};
