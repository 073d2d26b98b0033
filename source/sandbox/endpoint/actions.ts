import type { Action } from './call.ts';
import { getConsoleOutput } from './console.ts';
import { createFleet } from './create-fleet.ts';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { deleteFleets, describeFleets } from './fleet-actions.ts';
import { describeImages } from './images.ts';
import { describeInstanceStatus, rebootInstances, terminateInstances } from './instance-actions.ts';
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeInternetGateways,
  detachInternetGateway,
} from './internet-gateways.ts';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
  modifyLaunchTemplate,
} from './launch-template-actions.ts';
import { describeSpotPriceHistory } from './prices.ts';
import { describeRegions } from './regions.ts';
import { createRoute, describeRouteTables, replaceRoute } from './route-tables.ts';
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
import { createSubnet, deleteSubnet, describeSubnets, modifySubnetAttribute } from './subnets.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { deleteVolume, describeVolumes } from './volumes.ts';
import {
  createVpc,
  deleteVpc,
  describeVpcAttribute,
  describeVpcs,
  modifyVpcAttribute,
} from './vpcs.ts';
import { describeAvailabilityZones } from './zones.ts';

/** Every action that the endpoint knows, by the name that requests have for it. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    AttachInternetGateway: attachInternetGateway,
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateFleet: createFleet,
    CreateInternetGateway: createInternetGateway,
    CreateLaunchTemplate: createLaunchTemplate,
    CreateLaunchTemplateVersion: createLaunchTemplateVersion,
    CreateRoute: createRoute,
    CreateSecurityGroup: createSecurityGroup,
    CreateSubnet: createSubnet,
    CreateTags: createTags,
    CreateVpc: createVpc,
    DeleteFleets: deleteFleets,
    DeleteInternetGateway: deleteInternetGateway,
    DeleteKeyPair: deleteKeyPair,
    DeleteLaunchTemplate: deleteLaunchTemplate,
    DeleteSecurityGroup: deleteSecurityGroup,
    DeleteSubnet: deleteSubnet,
    DeleteTags: deleteTags,
    DeleteVolume: deleteVolume,
    DeleteVpc: deleteVpc,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeFleets: describeFleets,
    DescribeImages: describeImages,
    DescribeInstanceStatus: describeInstanceStatus,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeInternetGateways: describeInternetGateways,
    DescribeKeyPairs: describeKeyPairs,
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
    DescribeLaunchTemplates: describeLaunchTemplates,
    DescribeRegions: describeRegions,
    DescribeRouteTables: describeRouteTables,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSpotInstanceRequests: describeSpotInstanceRequests,
    DescribeSpotPriceHistory: describeSpotPriceHistory,
    DescribeSubnets: describeSubnets,
    DescribeTags: describeTags,
    DescribeVolumes: describeVolumes,
    DescribeVpcAttribute: describeVpcAttribute,
    DescribeVpcs: describeVpcs,
    DetachInternetGateway: detachInternetGateway,
    GetConsoleOutput: getConsoleOutput,
    ImportKeyPair: importKeyPair,
    ModifyLaunchTemplate: modifyLaunchTemplate,
    ModifySubnetAttribute: modifySubnetAttribute,
    ModifyVpcAttribute: modifyVpcAttribute,
    RebootInstances: rebootInstances,
    ReplaceRoute: replaceRoute,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
    RunInstances: runInstances,
    TerminateInstances: terminateInstances,
  }),
);
