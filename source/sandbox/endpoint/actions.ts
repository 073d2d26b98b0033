import type { Action } from './call.ts';
import { getConsoleOutput } from './console.ts';
import { createFleet } from './create-fleet.ts';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { deleteFleets, describeFleets } from './fleet-actions.ts';
import { describeImages } from './images.ts';
import { describeInstanceStatus, rebootInstances, terminateInstances } from './instance-actions.ts';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
  modifyLaunchTemplate,
} from './launch-template-actions.ts';
import { describeSubnets, describeVpcs } from './network.ts';
import { describeSpotPriceHistory } from './prices.ts';
import { describeRegions } from './regions.ts';
import { runInstances } from './run-instances.ts';
import {
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroups,
} from './security-group.ts';
import {
  authorizeSecurityGroupIngress,
  revokeSecurityGroupIngress,
} from './security-group-rules.ts';
import { describeSpotInstanceRequests } from './spot-requests.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { deleteVolume, describeVolumes } from './volumes.ts';
import { describeAvailabilityZones } from './zones.ts';

/** Every action that the endpoint knows, by the name that requests have for it. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateFleet: createFleet,
    CreateLaunchTemplate: createLaunchTemplate,
    CreateLaunchTemplateVersion: createLaunchTemplateVersion,
    CreateSecurityGroup: createSecurityGroup,
    CreateTags: createTags,
    DeleteFleets: deleteFleets,
    DeleteKeyPair: deleteKeyPair,
    DeleteLaunchTemplate: deleteLaunchTemplate,
    DeleteSecurityGroup: deleteSecurityGroup,
    DeleteTags: deleteTags,
    DeleteVolume: deleteVolume,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeFleets: describeFleets,
    DescribeImages: describeImages,
    DescribeInstanceStatus: describeInstanceStatus,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: describeKeyPairs,
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
    DescribeLaunchTemplates: describeLaunchTemplates,
    DescribeRegions: describeRegions,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSpotInstanceRequests: describeSpotInstanceRequests,
    DescribeSpotPriceHistory: describeSpotPriceHistory,
    DescribeSubnets: describeSubnets,
    DescribeTags: describeTags,
    DescribeVolumes: describeVolumes,
    DescribeVpcs: describeVpcs,
    GetConsoleOutput: getConsoleOutput,
    ImportKeyPair: importKeyPair,
    ModifyLaunchTemplate: modifyLaunchTemplate,
    RebootInstances: rebootInstances,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
    RunInstances: runInstances,
    TerminateInstances: terminateInstances,
  }),
);
