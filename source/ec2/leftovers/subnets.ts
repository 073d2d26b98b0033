import { DeleteSubnetCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';
import { whileInUse } from './while-in-use.ts';

/** Subnets of VPCs that were made for a deployment. */
export const findSubnets: FindLeftovers = async (scope, deployment, signal) => {
  const subnets = await askForPages(
    scope,
    { doing: 'look for subnets to remove', action: 'DescribeSubnets' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSubnetsCommand({ Filters: [taggedFor(deployment)], ...token }),
        options,
      );
      return { items: answer.Subnets ?? [], nextToken: answer.NextToken };
    },
  );
  return subnets.flatMap(({ SubnetId: id, AvailabilityZone: zone, Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `subnet ${id} (${zone ?? scope.region})`;
    return {
      name,
      deployment: owner,
      remove: (until) =>
        whileInUse(scope, until, () =>
          ask(scope, { doing: `remove the ${name}`, action: 'DeleteSubnet' }, until, (options) =>
            scope.client.send(new DeleteSubnetCommand({ SubnetId: id }), options),
          ),
        ),
    };
  });
};
