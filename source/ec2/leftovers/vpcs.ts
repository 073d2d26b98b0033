import { DeleteVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';
import { whileInUse } from './while-in-use.ts';

/** VPCs that were made for a deployment; what they came with goes with them. */
export const findVpcs: FindLeftovers = async (scope, deployment, signal) => {
  const vpcs = await askForPages(
    scope,
    { doing: 'look for VPCs to remove', action: 'DescribeVpcs' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeVpcsCommand({ Filters: [taggedFor(deployment)], ...token }),
        options,
      );
      return { items: answer.Vpcs ?? [], nextToken: answer.NextToken };
    },
  );
  return vpcs.flatMap(({ VpcId: id, Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `VPC ${id} (${scope.region})`;
    return {
      name,
      deployment: owner,
      remove: (until) =>
        whileInUse(scope, until, () =>
          ask(scope, { doing: `remove the ${name}`, action: 'DeleteVpc' }, until, (options) =>
            scope.client.send(new DeleteVpcCommand({ VpcId: id }), options),
          ),
        ),
    };
  });
};
