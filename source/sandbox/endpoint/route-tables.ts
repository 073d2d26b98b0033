import type { Action } from './call.ts';
import { readCidrBlock } from './cidr-block.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import { checkForm } from './identifiers.ts';
import { internetGatewayOf } from './internet-gateways.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';
import type { XmlFields } from './xml.ts';

/** Where a VPC's packets go. Each VPC has one, its main one. */
export type RouteTable = {
  readonly id: string;
  readonly vpcId: string;
  /** Gateways by the block that they are the way to, besides the VPC's own. */
  readonly gateways: Map<string, string>;
};

/** The table that a VPC comes with. */
export const mainRouteTable = (id: string, vpcId: string): RouteTable => ({
  id,
  vpcId,
  gateways: new Map(),
});

/** @throws Ec2Failure `InvalidRouteTableID.NotFound` or `.Malformed` */
export const routeTableOf = (region: Region, id: string): RouteTable => {
  checkForm('RouteTableID', 'rtb', id);
  const table = region.routeTables.get(id);
  if (table === undefined) {
    throw new Ec2Failure(
      'InvalidRouteTableID.NotFound',
      `The routeTable ID '${id}' does not exist`,
    );
  }
  return table;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const describeRouteTables: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('RouteTableId');
  for (const id of ids) routeTableOf(region, id);
  refusePagesOfIds(parameters, ids, 'routeTableSet');
  const found = select(
    parameters,
    region.routeTables.values(),
    {
      'route-table-id': (table) => [table.id],
      'vpc-id': (table) => [table.vpcId],
      'association.main': () => ['true'],
      'owner-id': () => [accountId],
    },
    (table) => tagsOf(region, table.id),
  ).filter((table) => ids.length === 0 || ids.includes(table.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    routeTableSet: page.items.map((table) => describeTable(region, table)),
    nextToken: page.nextToken,
  });
};

const describeTable = (region: Region, table: RouteTable): XmlFields => ({
  routeTableId: table.id,
  vpcId: table.vpcId,
  ownerId: accountId,
  routeSet: [
    {
      destinationCidrBlock: region.vpcs.get(table.vpcId)?.cidrBlock,
      gatewayId: 'local',
      state: 'active',
      origin: 'CreateRouteTable',
    },
    ...[...table.gateways].map(([destinationCidrBlock, gatewayId]) => ({
      destinationCidrBlock,
      gatewayId,
      // A route outlives its gateway.
      state: region.internetGateways.get(gatewayId)?.vpcId === table.vpcId ? 'active' : 'blackhole',
      origin: 'CreateRoute',
    })),
  ],
  associationSet: [
    {
      routeTableAssociationId: table.id.replace('rtb-', 'rtbassoc-'),
      routeTableId: table.id,
      main: true,
      associationState: { state: 'associated' },
    },
  ],
  propagatingVgwSet: [],
  tagSet: tagSet(tagsOf(region, table.id)),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const createRoute: Action = (call) => {
  const { table, destination, gatewayId } = readRoute(call);
  if (table.gateways.has(destination)) {
    throw new Ec2Failure(
      'RouteAlreadyExists',
      `The route identified by ${destination} already exists.`,
    );
  }
  return () => {
    table.gateways.set(destination, gatewayId);
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceRoute: Action = (call) => {
  const { table, destination, gatewayId } = readRoute(call);
  if (!table.gateways.has(destination)) {
    throw new Ec2Failure(
      'InvalidParameterValue',
      `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
    );
  }
  return () => {
    table.gateways.set(destination, gatewayId);
    return { return: true };
  };
};

const readRoute = ({ region, parameters }: Parameters<Action>[0]) => {
  const table = routeTableOf(region, parameters.required('RouteTableId'));
  const destination = readCidrBlock(parameters.required('DestinationCidrBlock')).text;
  const gateway = internetGatewayOf(region, parameters.required('GatewayId'));
  if (gateway.vpcId !== table.vpcId) {
    throw new Ec2Failure(
      'InvalidParameterValue',
      `route table ${table.id} and network gateway ${gateway.id} belong to different networks`,
    );
  }
  return { table, destination, gatewayId: gateway.id };
};
