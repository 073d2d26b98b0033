import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import type { Network } from '../network.ts';
import type { DryRun } from '../rehearse.ts';
import type { RegionScope } from '../scope.ts';
import { yetToBeMade } from './dedicated-network.ts';
import { subnetRequest } from './own-subnets.ts';
import { vpcRequest } from './own-vpc.ts';
import { gatewayRequest } from './way-out.ts';

/**
 * Dry runs of what a deployment's own network still needs. Where a step needs what one before it
 * would make, it names something that is not there: EC2 says first whether the caller may.
 * `ModifyVpcAttribute` knows no dry run.
 */
export const rehearseDedicatedNetwork = (
  scope: RegionScope,
  { lacking, vpcId }: Network,
): DryRun[] => {
  const { client } = scope;
  const [zone] = lacking ?? [];
  if (zone === undefined) return [];
  const dry = { DryRun: true };
  const { gatewayId, routeTableId } = yetToBeMade;
  const isMissing = vpcId === yetToBeMade.vpcId;
  return [
    ...(isMissing
      ? [
          {
            action: 'CreateVpc',
            send: (options) =>
              client.send(new CreateVpcCommand({ ...vpcRequest(scope), ...dry }), options),
          } satisfies DryRun,
        ]
      : []),
    {
      action: 'CreateInternetGateway',
      send: (options) =>
        client.send(
          new CreateInternetGatewayCommand({ ...gatewayRequest(scope), ...dry }),
          options,
        ),
    },
    {
      action: 'AttachInternetGateway',
      send: (options) =>
        client.send(
          new AttachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId: vpcId, ...dry }),
          options,
        ),
    },
    {
      action: 'CreateRoute',
      send: (options) =>
        client.send(
          new CreateRouteCommand({
            RouteTableId: routeTableId,
            DestinationCidrBlock: '0.0.0.0/0',
            GatewayId: gatewayId,
            ...dry,
          }),
          options,
        ),
    },
    {
      action: 'CreateSubnet',
      send: (options) =>
        client.send(
          new CreateSubnetCommand({ ...subnetRequest(scope, vpcId, zone), ...dry }),
          options,
        ),
    },
  ];
};
