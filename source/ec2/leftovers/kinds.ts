import { findFleets } from './fleets.ts';
import { findInternetGateways } from './internet-gateways.ts';
import { findKeyPairs } from './key-pairs.ts';
import { findLaunchTemplates } from './launch-templates.ts';
import type { FindLeftovers } from './leftover.ts';
import { findSecurityGroups } from './security-groups.ts';
import { findSubnets } from './subnets.ts';
import { findVolumes } from './volumes.ts';
import { findVpcs } from './vpcs.ts';

/**
 * All that is removed behind a deployment, in the order in which it can be: what launches first,
 * what others stand on last.
 */
export const leftoverKinds: readonly FindLeftovers[] = [
  findLaunchTemplates,
  findFleets,
  findKeyPairs,
  findVolumes,
  findSecurityGroups,
  findSubnets,
  findInternetGateways,
  findVpcs,
];
