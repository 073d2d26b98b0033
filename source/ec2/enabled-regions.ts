import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { ask } from './request.ts';
import type { AccountRegion } from './scope.ts';

/**
 * Names of the regions that the account can use.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
 */
export const listEnabledRegions = async (
  scope: AccountRegion,
  signal: AbortSignal,
): Promise<string[]> => {
  const { Regions } = await ask(
    scope,
    { doing: 'list the regions', action: 'DescribeRegions' },
    signal,
    (options) => scope.client.send(new DescribeRegionsCommand({}), options),
  );
  return (Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []);
};
