import type { Fleet } from './fleet.ts';
import { stableId } from './identifiers.ts';
import type { Instance } from './instance.ts';
import type { KeyPair } from './key-pairs.ts';
import type { LaunchTemplate } from './launch-template.ts';
import type { SecurityGroup } from './security-group.ts';
import { defaultSecurityGroup } from './security-group.ts';
import type { SpotRequest } from './spot-requests.ts';
import type { Volume } from './volumes.ts';
import { type Zone, zonesOf } from './zones.ts';

/** What one region of the account holds. */
export type Region = {
  readonly name: string;
  readonly zones: readonly Zone[];
  /** The default VPC; there is no other one. */
  readonly vpcId: string;
  readonly subnets: readonly Subnet[];
  /** All by id, in the order in which they were made. */
  readonly instances: Map<string, Instance>;
  readonly fleets: Map<string, Fleet>;
  readonly launchTemplates: Map<string, LaunchTemplate>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly keyPairs: Map<string, KeyPair>;
  readonly volumes: Map<string, Volume>;
  readonly spotRequests: Map<string, SpotRequest>;
  /** Tags of every resource by its id. */
  readonly tags: Map<string, Map<string, string>>;
};

/** The default subnet of a zone. */
export type Subnet = {
  readonly id: string;
  readonly zone: Zone;
  readonly cidrBlock: string;
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
    subnets: zones.map((zone, index) => ({
      id: stableId('subnet', zone.name),
      zone,
      cidrBlock: `172.31.${index * 16}.0/20`,
    })),
    instances: new Map(),
    fleets: new Map(),
    launchTemplates: new Map(),
    securityGroups: new Map([[group.id, group]]),
    keyPairs: new Map(),
    volumes: new Map(),
    spotRequests: new Map(),
    tags: new Map(),
  };
};
