import type { Fleet } from './fleet.ts';
import { stableId } from './identifiers.ts';
import type { Instance } from './instance.ts';
import type { InternetGateway } from './internet-gateways.ts';
import type { KeyPair } from './key-pairs.ts';
import type { LaunchTemplate } from './launch-template.ts';
import { mainRouteTable, type RouteTable } from './route-tables.ts';
import type { SecurityGroup } from './security-group.ts';
import { defaultSecurityGroup } from './security-group.ts';
import type { SpotRequest } from './spot-requests.ts';
import type { Subnet } from './subnets.ts';
import type { Volume } from './volumes.ts';
import type { Vpc } from './vpcs.ts';
import { type Zone, zonesOf } from './zones.ts';

/** What one region of the account holds. */
export type Region = {
  readonly name: string;
  readonly zones: readonly Zone[];
  /** The default VPC. */
  readonly vpcId: string;
  /** All by id, in the order in which they were made. */
  readonly instances: Map<string, Instance>;
  readonly fleets: Map<string, Fleet>;
  readonly launchTemplates: Map<string, LaunchTemplate>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly internetGateways: Map<string, InternetGateway>;
  readonly routeTables: Map<string, RouteTable>;
  readonly keyPairs: Map<string, KeyPair>;
  readonly volumes: Map<string, Volume>;
  readonly spotRequests: Map<string, SpotRequest>;
  /** Tags of every resource by its id. */
  readonly tags: Map<string, Map<string, string>>;
};

/** A region as a new account finds it. Its network's ids are the same every time. */
export const createRegion = (name: string): Region => {
  const vpcId = stableId('vpc', name);
  const zones = zonesOf(name);
  const group = defaultSecurityGroup(stableId('sg', name), vpcId);
  return {
    name,
    zones,
    vpcId,
    instances: new Map(),
    fleets: new Map(),
    launchTemplates: new Map(),
    securityGroups: new Map([[group.id, group]]),
    ...defaultNetwork(name, vpcId, zones),
    keyPairs: new Map(),
    volumes: new Map(),
    spotRequests: new Map(),
    tags: new Map(),
  };
};

/** The VPC that each region of an account comes with, and its way to the internet. */
const defaultNetwork = (
  name: string,
  vpcId: string,
  zones: readonly Zone[],
): Pick<Region, 'vpcs' | 'subnets' | 'internetGateways' | 'routeTables'> => {
  const gatewayId = stableId('igw', name);
  const table = mainRouteTable(stableId('rtb', name), vpcId);
  table.gateways.set('0.0.0.0/0', gatewayId);
  const subnets = zones.map((zone, index) => ({
    id: stableId('subnet', zone.name),
    vpcId,
    zone,
    cidrBlock: `172.31.${index * 16}.0/20`,
    isDefault: true,
    mapsPublicIp: true,
  }));
  const vpc = {
    id: vpcId,
    cidrBlock: '172.31.0.0/16',
    isDefault: true,
    dnsSupport: true,
    dnsHostnames: true,
  };
  return {
    vpcs: new Map([[vpcId, vpc]]),
    subnets: new Map(subnets.map((subnet) => [subnet.id, subnet])),
    internetGateways: new Map([[gatewayId, { id: gatewayId, vpcId }]]),
    routeTables: new Map([[table.id, table]]),
  };
};
