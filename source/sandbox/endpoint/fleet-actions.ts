import type { Action } from './call.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { select } from './filters.ts';
import type { Fleet } from './fleet.ts';
import { end, endedByUser } from './instance-life.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';
import type { XmlFields } from './xml.ts';

const fleetOf = (region: Region, id: string): Fleet => {
  const fleet = region.fleets.get(id);
  if (fleet === undefined) {
    throw new Ec2Failure('InvalidFleetId.NotFound', `The fleet ID '${id}' does not exist`);
  }
  return fleet;
};

/**
 * Shows instant fleets only where they are asked for by id, as EC2 does.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFleets.html
 */
export const describeFleets: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('FleetId');
  const fleets = ids.map((id) => fleetOf(region, id));
  refusePagesOfIds(parameters, ids, 'fleetIdSet');
  const found = select(
    parameters,
    fleets,
    {
      'fleet-state': (fleet) => [fleet.state],
      'activity-status': () => ['fulfilled'],
      type: () => ['instant'],
    },
    (fleet) => tagsOf(region, fleet.id),
  );
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    fleetSet: page.items.map((fleet) => describe(region, fleet)),
    nextToken: page.nextToken,
  });
};

const describe = (region: Region, fleet: Fleet): XmlFields => ({
  fleetId: fleet.id,
  fleetState: fleet.state,
  activityStatus: 'fulfilled',
  createTime: new Date(fleet.createdAt),
  clientToken: fleet.clientToken,
  type: 'instant',
  fulfilledCapacity: fleet.instanceIds.length,
  targetCapacitySpecification: {
    totalTargetCapacity: fleet.target.total,
    spotTargetCapacity: fleet.target.spot,
    onDemandTargetCapacity: fleet.target.onDemand,
    defaultTargetCapacityType: fleet.target.byDefault,
  },
  errorSet: fleet.errors,
  fleetInstanceSet: fleet.instances,
  tagSet: tagSet(tagsOf(region, fleet.id)),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFleets.html */
export const deleteFleets: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('FleetId');
  if (ids.length === 0) throw missingParameter('FleetId');
  const terminates = parameters.flag('TerminateInstances');
  if (terminates === undefined) throw missingParameter('TerminateInstances');
  if (!terminates) {
    throw invalidValue('Instances of an instant fleet must be terminated with it.');
  }
  return () => {
    const known = ids.flatMap((id) => region.fleets.get(id) ?? []);
    const deleted = known.map((fleet) => {
      const previousFleetState = fleet.state;
      fleet.state = 'deleted_terminating';
      for (const id of fleet.instanceIds) {
        const instance = region.instances.get(id);
        if (instance !== undefined) end(cloud, region, instance, endedByUser(cloud.clock.now()));
      }
      return { fleetId: fleet.id, previousFleetState, currentFleetState: fleet.state };
    });
    const unknown = ids.filter((id) => !region.fleets.has(id));
    return {
      successfulFleetDeletionSet: deleted,
      unsuccessfulFleetDeletionSet: unknown.map((fleetId) => ({
        fleetId,
        error: { code: 'fleetIdDoesNotExist', message: `The fleet ID '${fleetId}' does not exist` },
      })),
    };
  };
};
