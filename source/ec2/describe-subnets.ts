import { DescribeSubnetsCommand, type Subnet } from '@aws-sdk/client-ec2';
import { askForPages } from './request.ts';
import type { RegionScope } from './scope.ts';

/**
 * The subnets of a VPC.
 *
 * @param filters What else is true of them, by the names of
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html.
 */
export const describeSubnets = (
  scope: RegionScope,
  vpcId: string,
  filters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Subnet[]> =>
  askForPages(
    scope,
    { doing: `find the subnets of ${vpcId}`, action: 'DescribeSubnets' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSubnetsCommand({
          Filters: Object.entries({ 'vpc-id': vpcId, ...filters }).map(([Name, value]) => ({
            Name,
            Values: [value],
          })),
          ...token,
        }),
        options,
      );
      return { items: answer.Subnets ?? [], nextToken: answer.NextToken };
    },
  );
