import type { Action } from './call.ts';
import type { Cloud } from './cloud.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import type { Instance } from './instance.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';

/** The request behind a spot instance. */
export type SpotRequest = {
  readonly id: string;
  readonly instance: Instance;
  readonly price: string;
  readonly createdAt: number;
  state: 'active' | 'closed';
  status: SpotStatus;
  statusSince: number;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/understanding-spot-request-status.html */
export type SpotStatus = { readonly code: string; readonly message: string };

export const fulfilled: SpotStatus = {
  code: 'fulfilled',
  message: 'Your Spot request is fulfilled.',
};

const markedForTermination: SpotStatus = {
  code: 'marked-for-termination',
  message:
    'Your Spot Instance was marked for termination because there is no Spot capacity available that matches your request.',
};

/** Announces that EC2 will take a spot instance back. */
export const markForTermination = (cloud: Cloud, region: Region, instance: Instance): void => {
  const request = requestOf(region, instance);
  if (request === undefined) return;
  request.status = markedForTermination;
  request.statusSince = cloud.clock.now();
};

/** Closes the request of an instance that ends. */
export const closeSpotRequest = (
  region: Region,
  instance: Instance,
  status: SpotStatus,
  now: number,
): void => {
  const request = requestOf(region, instance);
  if (request === undefined) return;
  request.state = 'closed';
  request.status = status;
  request.statusSince = now;
};

const requestOf = (region: Region, instance: Instance): SpotRequest | undefined =>
  instance.spotRequestId === undefined
    ? undefined
    : region.spotRequests.get(instance.spotRequestId);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotInstanceRequests.html */
export const describeSpotInstanceRequests: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('SpotInstanceRequestId');
  for (const id of ids) {
    if (!region.spotRequests.has(id)) {
      throw new Ec2Failure(
        'InvalidSpotInstanceRequestID.NotFound',
        `The spot instance request ID '${id}' does not exist`,
      );
    }
  }
  refusePagesOfIds(parameters, ids, 'spotInstanceRequestIdSet');
  const known = [...region.spotRequests.values()].filter(
    (request) => request.instance.visibleAt <= cloud.clock.now(),
  );
  const found = select(
    parameters,
    known,
    {
      'spot-instance-request-id': (request) => [request.id],
      'instance-id': (request) => [request.instance.id],
      state: (request) => [request.state],
      'status-code': (request) => [request.status.code],
      'launched-availability-zone': (request) => [request.instance.subnet.zone.name],
      'launch.instance-type': (request) => [request.instance.type.name],
      type: () => ['one-time'],
    },
    (request) => tagsOf(region, request.id),
  ).filter((request) => ids.length === 0 || ids.includes(request.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    spotInstanceRequestSet: page.items.map((request) => ({
      spotInstanceRequestId: request.id,
      spotPrice: request.price,
      type: 'one-time',
      state: request.state,
      status: { ...request.status, updateTime: new Date(request.statusSince) },
      launchSpecification: {
        imageId: request.instance.imageId,
        instanceType: request.instance.type.name,
        keyName: request.instance.keyName,
        subnetId: request.instance.subnet.id,
        placement: { availabilityZone: request.instance.subnet.zone.name },
      },
      instanceId: request.instance.id,
      createTime: new Date(request.createdAt),
      productDescription: 'Linux/UNIX',
      launchedAvailabilityZone: request.instance.subnet.zone.name,
      instanceInterruptionBehavior: 'terminate',
      tagSet: tagSet(tagsOf(region, request.id)),
    })),
    nextToken: page.nextToken,
  });
};
