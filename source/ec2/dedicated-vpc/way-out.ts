import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  type Filter,
  type InternetGateway,
  ReplaceRouteCommand,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from '../errors.ts';
import { persist } from '../persist.ts';
import { ask, askForPages } from '../request.ts';
import { deploymentFilter, tagSpecification } from '../resource-tags.ts';
import type { RegionScope } from '../scope.ts';
import { whileNew } from './while-new.ts';

const everywhere = '0.0.0.0/0';

/** Whether the VPC's packets find to the internet. */
export const hasWayOut = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const table = await findMainTable(scope, vpcId, signal);
  return table !== undefined && routeOut(table)?.State === 'active';
};

/**
 * Gives the VPC an internet gateway and the route to it where they are missing. The route is in the
 * table that the VPC came with and that all its subnets use: there is one of it whoever makes what.
 */
export const ensureWayOut = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<void> => {
  const gatewayId = await ensureGateway(scope, vpcId, signal);
  const table = await whileNew(scope, signal, async () => {
    const found = await findMainTable(scope, vpcId, signal);
    if (found !== undefined) return found;
    throw new Ec2Error(`${scope.region}: ${vpcId} has no main route table`, {
      kind: 'conflict',
      code: 'InvalidRouteTableID.NotFound',
      region: scope.region,
      hint: 'Run the command again.',
    });
  });
  const existing = routeOut(table);
  // Somebody's own way out, such as through a firewall, is left alone.
  if (existing !== undefined && existing.State !== 'blackhole') return;
  await route(scope, { table, gatewayId, isDead: existing !== undefined }, signal);
};

const ensureGateway = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<string> => {
  const attached = await findAttached(scope, vpcId, signal);
  if (attached !== undefined) return attached;
  const ours = await describeGateways(scope, deploymentFilter(scope), signal);
  const free = ours
    .filter(({ Attachments = [] }) => Attachments.length === 0)
    .flatMap(({ InternetGatewayId }) => InternetGatewayId ?? [])
    .sort();
  const gatewayId = free[0] ?? (await createGateway(scope, signal));
  try {
    await whileNew(scope, signal, () => attach(scope, gatewayId, vpcId, signal));
    return gatewayId;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    const isLate =
      error.code === 'Resource.AlreadyAssociated' || error.code === 'InvalidParameterValue';
    if (!isLate) throw error;
    // Another create was faster, or this one's first try did arrive.
    const other = await findAttached(scope, vpcId, signal);
    if (other === undefined) throw error;
    if (other !== gatewayId) await removeGateway(scope, gatewayId, signal);
    return other;
  }
};

const createGateway = async (scope: RegionScope, signal: AbortSignal): Promise<string> => {
  const answer = await ask(
    scope,
    { doing: 'make an internet gateway', action: 'CreateInternetGateway' },
    signal,
    (options) =>
      scope.client.send(new CreateInternetGatewayCommand(gatewayRequest(scope)), options),
  );
  const gatewayId = answer.InternetGateway?.InternetGatewayId;
  if (gatewayId === undefined) throw new TypeError('an internet gateway without an id');
  return gatewayId;
};

/** Input of `CreateInternetGateway` for the deployment. */
export const gatewayRequest = (scope: RegionScope) => ({
  TagSpecifications: [tagSpecification(scope, 'internet-gateway')],
});

const attach = async (
  scope: RegionScope,
  gatewayId: string,
  vpcId: string,
  signal: AbortSignal,
): Promise<void> => {
  const doing = `attach the internet gateway ${gatewayId} to ${vpcId}`;
  await ask(scope, { doing, action: 'AttachInternetGateway' }, signal, (options) =>
    scope.client.send(
      new AttachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId: vpcId }),
      options,
    ),
  );
};

/** One that came too late; what can't be removed now is found by its tag when all is removed. */
const removeGateway = async (
  scope: RegionScope,
  gatewayId: string,
  signal: AbortSignal,
): Promise<void> => {
  const doing = `remove ${gatewayId}, one internet gateway too many`;
  try {
    await ask(scope, { doing, action: 'DeleteInternetGateway' }, signal, (options) =>
      scope.client.send(
        new DeleteInternetGatewayCommand({ InternetGatewayId: gatewayId }),
        options,
      ),
    );
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    if (error.kind !== 'not-found') scope.onTrouble(error);
  }
};

const findAttached = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const filter = { Name: 'attachment.vpc-id', Values: [vpcId] };
  const [gateway] = await describeGateways(scope, filter, signal);
  return gateway?.InternetGatewayId;
};

const describeGateways = (
  scope: RegionScope,
  filter: Filter,
  signal: AbortSignal,
): Promise<InternetGateway[]> =>
  askForPages(
    scope,
    { doing: 'look for the internet gateway', action: 'DescribeInternetGateways' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeInternetGatewaysCommand({ Filters: [filter], ...token }),
        options,
      );
      return { items: answer.InternetGateways ?? [], nextToken: answer.NextToken };
    },
  );

const findMainTable = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<RouteTable | undefined> => {
  const answer = await ask(
    scope,
    { doing: `find the route table of ${vpcId}`, action: 'DescribeRouteTables' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeRouteTablesCommand({
          Filters: [
            { Name: 'vpc-id', Values: [vpcId] },
            { Name: 'association.main', Values: ['true'] },
          ],
        }),
        options,
      ),
  );
  return answer.RouteTables?.[0];
};

const routeOut = ({ Routes = [] }: RouteTable) =>
  Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === everywhere);

const route = async (
  scope: RegionScope,
  way: { readonly table: RouteTable; readonly gatewayId: string; readonly isDead: boolean },
  signal: AbortSignal,
): Promise<void> => {
  const input = {
    RouteTableId: way.table.RouteTableId,
    DestinationCidrBlock: everywhere,
    GatewayId: way.gatewayId,
  };
  const doing = `make the route to ${way.gatewayId}`;
  await persist(
    scope,
    {
      // A gateway that was attached a moment ago.
      codes:
        /^(InvalidInternetGatewayI[dD]\.NotFound|InvalidGatewayI[dD]\.NotFound|Gateway\.NotAttached)$/,
      patience: scope.patience.visibility,
      signal,
    },
    async () => {
      try {
        await ask(
          scope,
          { doing, action: way.isDead ? 'ReplaceRoute' : 'CreateRoute' },
          signal,
          async (options) => {
            if (way.isDead) await scope.client.send(new ReplaceRouteCommand(input), options);
            else await scope.client.send(new CreateRouteCommand(input), options);
          },
        );
      } catch (error) {
        if (!(error instanceof Ec2Error && error.code === 'RouteAlreadyExists')) throw error;
      }
    },
  );
};
