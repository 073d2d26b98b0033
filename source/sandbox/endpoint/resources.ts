import type { Cloud } from './cloud.ts';
import { Ec2Failure } from './failure.ts';
import { visibleInstance } from './instance.ts';
import type { Region } from './region.ts';

type Resource = {
  readonly type: string;
  readonly prefix: string;
  readonly holds: (region: Region, id: string) => boolean;
  /** Code and message for an id that is in the right form and nowhere to be found. */
  readonly missing: (id: string) => Ec2Failure;
};

const doesNotExist =
  (kind: string, words: string) =>
  (id: string): Ec2Failure =>
    new Ec2Failure(`Invalid${kind}.NotFound`, `The ${words} '${id}' does not exist`);

/** Everything that can be tagged, told apart by the prefix of its id. */
const resources: readonly Resource[] = [
  {
    type: 'fleet',
    prefix: 'fleet-',
    holds: (region, id) => region.fleets.has(id),
    missing: (id) =>
      new Ec2Failure('InvalidFleetId.NotFound', `The fleet ID '${id}' does not exist`),
  },
  {
    type: 'launch-template',
    prefix: 'lt-',
    holds: (region, id) => region.launchTemplates.has(id),
    missing: (id) =>
      new Ec2Failure(
        'InvalidLaunchTemplateId.NotFound',
        `The specified launch template, with template ID ${id}, does not exist.`,
      ),
  },
  {
    type: 'security-group',
    prefix: 'sg-',
    holds: (region, id) => region.securityGroups.has(id),
    missing: doesNotExist('Group', 'security group'),
  },
  {
    type: 'key-pair',
    prefix: 'key-',
    holds: (region, id) => [...region.keyPairs.values()].some((pair) => pair.id === id),
    missing: doesNotExist('KeyPair', 'key pair'),
  },
  {
    type: 'volume',
    prefix: 'vol-',
    holds: (region, id) => region.volumes.has(id),
    missing: doesNotExist('Volume', 'volume'),
  },
  {
    type: 'spot-instances-request',
    prefix: 'sir-',
    holds: (region, id) => region.spotRequests.has(id),
    missing: doesNotExist('SpotInstanceRequestID', 'spot instance request ID'),
  },
  {
    type: 'vpc',
    prefix: 'vpc-',
    holds: (region, id) => region.vpcs.has(id),
    missing: doesNotExist('VpcID', 'vpc ID'),
  },
  {
    type: 'subnet',
    prefix: 'subnet-',
    holds: (region, id) => region.subnets.has(id),
    missing: doesNotExist('SubnetID', 'subnet ID'),
  },
  {
    type: 'internet-gateway',
    prefix: 'igw-',
    holds: (region, id) => region.internetGateways.has(id),
    missing: doesNotExist('InternetGatewayID', 'internetGateway ID'),
  },
  {
    type: 'route-table',
    prefix: 'rtb-',
    holds: (region, id) => region.routeTables.has(id),
    missing: doesNotExist('RouteTableID', 'routeTable ID'),
  },
];

/** EC2's name for what an id stands for. */
export const resourceType = (id: string): string | undefined =>
  id.startsWith('i-')
    ? 'instance'
    : resources.find((resource) => id.startsWith(resource.prefix))?.type;

/** @throws Ec2Failure in EC2's words for an id that stands for nothing in the region */
export const checkResource = (cloud: Cloud, region: Region, id: string): void => {
  if (id.startsWith('i-')) {
    visibleInstance(region, id, cloud.clock.now());
    return;
  }
  const resource = resources.find(({ prefix }) => id.startsWith(prefix));
  if (resource === undefined) throw new Ec2Failure('InvalidID', `The ID '${id}' is not valid`);
  if (!resource.holds(region, id)) throw resource.missing(id);
};
