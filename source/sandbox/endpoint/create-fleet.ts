import {
  type AllocationStrategy,
  allocate,
  allocationStrategies,
  type Pool,
} from './allocation.ts';
import type { Action, Call } from './call.ts';
import { type Ec2Failure, invalidValue, missingParameter, notImplemented } from './failure.ts';
import type { Tags } from './filters.ts';
import type { Fleet, FleetTarget } from './fleet.ts';
import { describeFleetPool, type FleetPool, readPools } from './fleet-pools.ts';
import { newFleetId } from './identifiers.ts';
import type { Instance } from './instance.ts';
import { grant, type Lifecycle, launch } from './launch.ts';
import type { Parameters } from './parameters.ts';
import { putTags, tagSpecifications, tagsFor } from './tags.ts';
import type { XmlFields } from './xml.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html */
export const createFleet: Action = (call) => {
  const { parameters } = call;
  const type = parameters.text('Type') ?? 'maintain';
  if (type !== 'instant') throw notImplemented(`fleets of the type '${type}'`);
  parameters.accept('Context', 'ExcessCapacityTerminationPolicy', 'ReplaceUnhealthyInstances');
  parameters.accept('TerminateInstancesWithExpiration');
  const clientToken = parameters.text('ClientToken');
  const target = readTarget(parameters);
  const tags = tagSpecifications(parameters, ['fleet', 'instance']);
  const spot = readStrategy(parameters.structure('SpotOptions'));
  const onDemand = readStrategy(parameters.structure('OnDemandOptions'));
  const { pools, errors } = readPools(call);
  return () => {
    const id = newFleetId();
    const shares = [
      { lifecycle: 'on-demand', capacity: target.onDemand, ...onDemand },
      { lifecycle: 'spot', capacity: target.spot, ...spot },
    ] as const;
    const launches = shares
      .filter(({ capacity }) => capacity > 0)
      .map((share) => fulfil(call, pools(share.lifecycle), share, id, clientToken, tags));
    const fleet: Fleet = {
      id,
      createdAt: call.cloud.clock.now(),
      clientToken,
      target,
      instanceIds: launches.flatMap(({ instances }) => instances.map((instance) => instance.id)),
      errors: [
        ...shares
          .filter(({ capacity }) => capacity > 0)
          .flatMap(({ lifecycle }) => errors(lifecycle)),
        ...launches.flatMap(({ refused }) => refused),
      ],
      instances: launches.flatMap(({ placed }) => placed),
      state: 'active',
    };
    call.region.fleets.set(id, fleet);
    putTags(call.region, id, tagsFor(tags, 'fleet'));
    return { fleetId: id, errorSet: fleet.errors, fleetInstanceSet: fleet.instances };
  };
};

const readTarget = (parameters: Parameters): FleetTarget => {
  const target = parameters.structure('TargetCapacitySpecification');
  if (target === undefined) throw missingParameter('TargetCapacitySpecification');
  const total = Number(target.required('TotalTargetCapacity'));
  if (!Number.isInteger(total) || total < 1 || total > 10_000) {
    throw invalidValue(`Invalid value for TotalTargetCapacity: ${total}`);
  }
  const unit = target.text('TargetCapacityUnitType') ?? 'units';
  if (unit !== 'units') throw notImplemented(`the capacity unit '${unit}'`);
  const byDefault = target.text('DefaultTargetCapacityType') ?? 'on-demand';
  if (byDefault !== 'spot' && byDefault !== 'on-demand') {
    throw invalidValue(`Invalid value '${byDefault}' for DefaultTargetCapacityType.`);
  }
  const spot = target.integer('SpotTargetCapacity') ?? 0;
  const onDemand = target.integer('OnDemandTargetCapacity') ?? 0;
  if (spot < 0 || onDemand < 0 || spot + onDemand > total) {
    throw invalidValue('The target capacities do not add up to TotalTargetCapacity');
  }
  const rest = total - spot - onDemand;
  return {
    total,
    spot: spot + (byDefault === 'spot' ? rest : 0),
    onDemand: onDemand + (byDefault === 'on-demand' ? rest : 0),
    byDefault,
  };
};

type Strategy = { readonly strategy: AllocationStrategy; readonly poolCount: number };

const readStrategy = (options: Parameters | undefined): Strategy => {
  options?.accept('InstanceInterruptionBehavior');
  const asked = options?.text('AllocationStrategy') ?? 'lowest-price';
  // The form of the older Spot Fleet, which EC2 takes here as well.
  const name = asked === 'lowestPrice' ? 'lowest-price' : asked;
  const strategy = allocationStrategies.find((candidate) => candidate === name);
  if (strategy === undefined)
    throw invalidValue(`Invalid value '${asked}' for AllocationStrategy.`);
  return { strategy, poolCount: options?.integer('InstancePoolsToUseCount') ?? 1 };
};

type Fulfilment = {
  readonly instances: readonly Instance[];
  readonly placed: readonly XmlFields[];
  readonly refused: readonly XmlFields[];
};

/** Launches what the pools give of one share of the fleet. */
const fulfil = (
  call: Call,
  pools: readonly FleetPool[],
  share: Strategy & { readonly lifecycle: Lifecycle; readonly capacity: number },
  fleetId: string,
  clientToken: string | undefined,
  tags: ReadonlyMap<string, Tags>,
): Fulfilment => {
  const { lifecycle, capacity, strategy, poolCount } = share;
  const refusals = new Map<FleetPool, Ec2Failure>();
  const taken = allocate<FleetPool & Pool>(
    pools,
    strategy,
    capacity,
    (pool, wanted) => {
      const { count, refusal } = grant(call, pool.plan, pool.subnet, lifecycle, wanted);
      if (refusal !== undefined) refusals.set(pool, refusal);
      return count;
    },
    poolCount,
  );
  const launches = [...taken].map(([pool, count]) => ({
    pool,
    instances: launch(call, pool.plan, pool.subnet, count, {
      lifecycle,
      fleetId,
      clientToken,
      tags: new Map([
        ...tagsFor(tags, 'instance'),
        ['aws:ec2:fleet-id', fleetId],
        ['aws:ec2launchtemplate:id', pool.template.id],
        ['aws:ec2launchtemplate:version', String(pool.version)],
      ]),
    }),
  }));
  return {
    instances: launches.flatMap(({ instances }) => instances),
    placed: launches.map(({ pool, instances }) => ({
      launchTemplateAndOverrides: describeFleetPool(pool),
      lifecycle,
      instanceIds: instances.map((instance) => instance.id),
      instanceType: pool.plan.type.name,
      availabilityZone: pool.subnet.zone.name,
      availabilityZoneId: pool.subnet.zone.id,
      subnetId: pool.subnet.id,
    })),
    refused: [...refusals].map(([pool, refusal]) => ({
      launchTemplateAndOverrides: describeFleetPool(pool),
      lifecycle,
      errorCode: fleetCode(refusal.code),
      errorMessage: refusal.message,
    })),
  };
};

/** A fleet calls by another name what a single launch calls unsupported. */
const fleetCode = (code: string): string =>
  code === 'Unsupported' ? 'InvalidFleetConfiguration' : code;
