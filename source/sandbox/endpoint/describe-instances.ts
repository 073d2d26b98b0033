import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { type FilterFields, select } from './filters.ts';
import { type Instance, instancesById, stateCodes, visibleInstances } from './instance.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';
import type { XmlFields } from './xml.ts';

const optional = (value: string | undefined): string[] => (value === undefined ? [] : [value]);

const filterFields = (region: Region): FilterFields<Instance> => ({
  'instance-id': (instance) => [instance.id],
  'instance-state-name': (instance) => [instance.state],
  'instance-state-code': (instance) => [String(stateCodes[instance.state])],
  'instance-type': (instance) => [instance.type.name],
  'instance-lifecycle': (instance) => (instance.lifecycle === 'spot' ? ['spot'] : []),
  'instance.group-id': (instance) => instance.securityGroupIds,
  'instance.group-name': (instance) => groupNames(region, instance),
  'network-interface.group-id': (instance) => instance.securityGroupIds,
  'image-id': (instance) => [instance.imageId],
  'key-name': (instance) => optional(instance.keyName),
  'availability-zone': (instance) => [instance.subnet.zone.name],
  'subnet-id': (instance) => (isGone(instance) ? [] : [instance.subnet.id]),
  'vpc-id': (instance) => (isGone(instance) ? [] : [instance.subnet.vpcId]),
  'ip-address': (instance) => optional(publicAddress(instance)),
  'private-ip-address': (instance) => optional(privateAddress(instance)),
  'client-token': (instance) => optional(instance.clientToken),
  'launch-time': (instance) => [new Date(instance.launchedAt).toISOString()],
  'launch-index': (instance) => [String(instance.launchIndex)],
  'reservation-id': (instance) => [instance.reservationId],
  'spot-instance-request-id': (instance) => optional(instance.spotRequestId),
  'state-reason-code': (instance) => optional(instance.stateReason?.code),
  architecture: (instance) => [instance.architecture],
  'owner-id': () => [accountId],
});

const isGone = (instance: Instance): boolean => instance.state === 'terminated';

/** Where an instance can be reached from outside, as long as it has a machine. */
export const publicAddress = (instance: Instance): string | undefined =>
  instance.isPublic && !isGone(instance) ? instance.address?.publicAddress : undefined;

/** Where an instance can be reached within its VPC, as long as it has a machine. */
export const privateAddress = (instance: Instance): string | undefined =>
  isGone(instance) ? undefined : instance.address?.privateAddress;

/** Instances that a request's ids and filters let through. */
export const requestedInstances = (
  region: Region,
  parameters: Parameters,
  now: number,
): Instance[] => {
  const ids = parameters.texts('InstanceId');
  refusePagesOfIds(parameters, ids, 'instancesSet');
  const known = ids.length > 0 ? instancesById(region, ids, now) : visibleInstances(region, now);
  return select(parameters, known, filterFields(region), (instance) => tagsOf(region, instance.id));
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const describeInstances: Action = ({ cloud, region, parameters }) => {
  parameters.accept('IncludeManagedResources');
  const found = requestedInstances(region, parameters, cloud.clock.now());
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    reservationSet: [...Map.groupBy(page.items, (instance) => instance.reservationId).values()].map(
      (instances) => describeReservation(region, instances),
    ),
    nextToken: page.nextToken,
  });
};

/** Instances of one launch, as answers tell them. */
export const describeReservation = (region: Region, instances: readonly Instance[]): XmlFields => ({
  reservationId: instances[0]?.reservationId,
  ownerId: accountId,
  groupSet: [],
  instancesSet: instances.map((instance) => describeInstance(region, instance)),
});

const describeInstance = (region: Region, instance: Instance): XmlFields => ({
  instanceId: instance.id,
  imageId: instance.imageId,
  instanceState: { code: stateCodes[instance.state], name: instance.state },
  privateDnsName: '',
  dnsName: '',
  reason: instance.transitionReason,
  keyName: instance.keyName,
  amiLaunchIndex: instance.launchIndex,
  productCodes: [],
  instanceType: instance.type.name,
  launchTime: new Date(instance.launchedAt),
  placement: {
    availabilityZone: instance.subnet.zone.name,
    availabilityZoneId: instance.subnet.zone.id,
    groupName: '',
    tenancy: 'default',
  },
  monitoring: { state: 'disabled' },
  architecture: instance.architecture,
  rootDeviceType: 'ebs',
  rootDeviceName: instance.rootDevice,
  virtualizationType: 'hvm',
  hypervisor: 'xen',
  enaSupport: true,
  clientToken: instance.clientToken ?? '',
  ...(instance.lifecycle === 'spot'
    ? { instanceLifecycle: 'spot', spotInstanceRequestId: instance.spotRequestId }
    : {}),
  // EC2 says nothing here of an instance that runs.
  stateReason: instance.state === 'running' ? undefined : instance.stateReason,
  metadataOptions: { state: 'applied', ...instance.metadata },
  tagSet: tagSet(tagsOf(region, instance.id)),
  ...(isGone(instance)
    ? { blockDeviceMapping: [], networkInterfaceSet: [], groupSet: [] }
    : describeAttachments(region, instance)),
});

/** What an instance has as long as it has a machine. */
const describeAttachments = (region: Region, instance: Instance): XmlFields => {
  const groupSet = instance.securityGroupIds.map((groupId) => ({
    groupId,
    groupName: region.securityGroups.get(groupId)?.name,
  }));
  const publicIp = publicAddress(instance);
  const privateIp = privateAddress(instance);
  const attachTime = new Date(instance.launchedAt);
  return {
    subnetId: instance.subnet.id,
    vpcId: instance.subnet.vpcId,
    privateIpAddress: privateIp,
    ipAddress: publicIp,
    sourceDestCheck: true,
    groupSet,
    blockDeviceMapping: [
      {
        deviceName: instance.rootDevice,
        ebs: {
          volumeId: instance.volumeId,
          status: instance.state === 'pending' ? 'attaching' : 'attached',
          attachTime,
          deleteOnTermination: region.volumes.get(instance.volumeId)?.deleteOnTermination,
        },
      },
    ],
    networkInterfaceSet: [
      {
        networkInterfaceId: instance.interfaceId,
        subnetId: instance.subnet.id,
        vpcId: instance.subnet.vpcId,
        ownerId: accountId,
        status: 'in-use',
        privateIpAddress: privateIp,
        sourceDestCheck: true,
        groupSet,
        attachment: { deviceIndex: 0, status: 'attached', attachTime, deleteOnTermination: true },
        association:
          publicIp === undefined ? undefined : { publicIp, publicDnsName: '', ipOwnerId: 'amazon' },
        interfaceType: 'interface',
      },
    ],
  };
};

const groupNames = (region: Region, instance: Instance): string[] =>
  instance.securityGroupIds.flatMap((id) => optional(region.securityGroups.get(id)?.name));
