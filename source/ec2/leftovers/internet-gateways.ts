import {
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from '../errors.ts';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { AccountRegion } from '../scope.ts';
import type { FindLeftovers } from './leftover.ts';
import { whileInUse } from './while-in-use.ts';

/** Internet gateways of VPCs that were made for a deployment, attached or not. */
export const findInternetGateways: FindLeftovers = async (scope, deployment, signal) => {
  const gateways = await askForPages(
    scope,
    { doing: 'look for internet gateways to remove', action: 'DescribeInternetGateways' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeInternetGatewaysCommand({ Filters: [taggedFor(deployment)], ...token }),
        options,
      );
      return { items: answer.InternetGateways ?? [], nextToken: answer.NextToken };
    },
  );
  return gateways.flatMap(({ InternetGatewayId: id, Attachments = [], Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `internet gateway ${id} (${scope.region})`;
    const vpcIds = Attachments.flatMap(({ VpcId }) => VpcId ?? []);
    return {
      name,
      deployment: owner,
      remove: async (until) => {
        for (const vpcId of vpcIds) await detach(scope, id, vpcId, until);
        await whileInUse(scope, until, () =>
          ask(
            scope,
            { doing: `remove the ${name}`, action: 'DeleteInternetGateway' },
            until,
            (options) =>
              scope.client.send(
                new DeleteInternetGatewayCommand({ InternetGatewayId: id }),
                options,
              ),
          ),
        );
      },
    };
  });
};

/** Waits for the last public address to leave the VPC. */
const detach = async (
  scope: AccountRegion,
  id: string,
  vpcId: string,
  signal: AbortSignal,
): Promise<void> => {
  const doing = `detach the internet gateway ${id} from ${vpcId}`;
  try {
    await whileInUse(scope, signal, () =>
      ask(scope, { doing, action: 'DetachInternetGateway' }, signal, (options) =>
        scope.client.send(
          new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }),
          options,
        ),
      ),
    );
  } catch (error) {
    if (!(error instanceof Ec2Error && error.code === 'Gateway.NotAttached')) throw error;
  }
};
