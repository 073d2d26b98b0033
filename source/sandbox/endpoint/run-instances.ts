import type { Action, Call } from './call.ts';
import { describeReservation } from './describe-instances.ts';
import { Ec2Failure, invalidValue, notImplemented } from './failure.ts';
import type { Instance } from './instance.ts';
import { type Grant, grant, launch } from './launch.ts';
import { type LaunchData, overlay, readLaunchData } from './launch-data.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import { requestedTemplate, versionOf } from './launch-template.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import type { Subnet } from './subnets.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export const runInstances: Action = (call) => {
  const { region, parameters } = call;
  const smallest = Number(parameters.required('MinCount'));
  const largest = Number(parameters.required('MaxCount'));
  if (!(smallest >= 1 && largest >= smallest)) {
    throw invalidValue('Invalid value for instance count: minCount must be between 1 and maxCount');
  }
  const clientToken = parameters.text('ClientToken');
  const own = readLaunchData(parameters);
  const subnetId = parameters.text('SubnetId');
  const template = templateData(region, parameters);
  const data = inSubnet(template === undefined ? own : overlay(template, own), subnetId);
  if (data.market !== undefined && data.market.type !== 'spot') {
    throw notImplemented(`the market type '${data.market.type}'`);
  }
  const plan = planLaunch(region, data);
  return () => {
    const lifecycle = data.market === undefined ? 'on-demand' : 'spot';
    const [subnet, granted] = bestZone(call, plan, lifecycle, largest);
    if (granted.count < smallest) {
      throw (
        granted.refusal ??
        new Ec2Failure('InsufficientInstanceCapacity', 'There is not enough capacity.', 500)
      );
    }
    const instances = launch(call, plan, subnet, granted.count, {
      lifecycle,
      clientToken,
      tags: new Map(),
    });
    return describeReservation(region, instances);
  };
};

const templateData = (region: Region, parameters: Parameters): LaunchData | undefined => {
  const specification = parameters.structure('LaunchTemplate');
  if (specification === undefined) return undefined;
  const template = requestedTemplate(region, specification);
  return versionOf(template, specification.text('Version') ?? '$Default').data;
};

const inSubnet = (data: LaunchData, subnetId: string | undefined): LaunchData =>
  subnetId === undefined
    ? data
    : {
        ...data,
        networkInterface: {
          associatePublicIp: undefined,
          deleteOnTermination: undefined,
          description: undefined,
          securityGroupIds: [],
          ...data.networkInterface,
          subnetId,
        },
      };

/** The first zone that gives all instances, or the last one with what it gives. */
const bestZone = (
  call: Call,
  plan: LaunchPlan,
  lifecycle: Instance['lifecycle'],
  wanted: number,
): [Subnet, Grant] => {
  let best: [Subnet, Grant] | undefined;
  for (const subnet of plan.subnets) {
    const granted = grant(call, plan, subnet, lifecycle, wanted);
    if (best === undefined || granted.count > best[1].count) best = [subnet, granted];
    if (granted.refusal === undefined) break;
  }
  if (best === undefined) throw new Ec2Failure('MissingInput', 'No subnet to launch into');
  return best;
};
