import type { Action, Call } from './call.ts';
import { privateAddress, requestedInstances } from './describe-instances.ts';
import { Ec2Failure, missingParameter, notImplemented } from './failure.ts';
import { type Instance, type InstanceState, instancesById, stateCodes } from './instance.ts';
import { end, endedByUser } from './instance-life.ts';
import { pageOf } from './pages.ts';
import type { XmlFields } from './xml.ts';

/** The instances that a request names; all of them or none. */
const namedInstances = ({ cloud, region, parameters }: Call): Instance[] => {
  const ids = parameters.texts('InstanceId');
  if (ids.length === 0) throw missingParameter('InstanceId');
  return instancesById(region, ids, cloud.clock.now());
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
export const terminateInstances: Action = (call) => {
  call.parameters.accept('Force', 'SkipOsShutdown');
  const instances = namedInstances(call);
  return () => ({
    instancesSet: instances.map((instance) => {
      const before = instance.state;
      end(call.cloud, call.region, instance, endedByUser(call.cloud.clock.now()));
      return {
        instanceId: instance.id,
        previousState: describeState(before),
        currentState: describeState(instance.state),
      };
    }),
  });
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html */
export const rebootInstances: Action = (call) => {
  const { hypervisor, ledger } = call.cloud;
  const instances = namedInstances(call);
  for (const instance of instances) {
    if (instance.state !== 'running') {
      throw new Ec2Failure(
        'IncorrectState',
        `The instance '${instance.id}' is not in the 'running' state.`,
      );
    }
  }
  if (hypervisor.injectFault === undefined) throw notImplemented('reboots of these machines');
  return () => {
    for (const instance of instances) {
      // EC2 answers before the machine does anything.
      hypervisor.injectFault?.(instance.id, 'reboot').catch((error: unknown) => {
        ledger.add({ type: 'trouble', instanceId: instance.id, message: String(error) });
      });
    }
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
export const describeInstanceStatus: Action = ({ cloud, region, parameters }) => {
  parameters.accept('IncludeManagedResources');
  const all = parameters.flag('IncludeAllInstances') ?? false;
  const now = cloud.clock.now();
  const found = requestedInstances(region, parameters, now).filter(
    (instance) => all || instance.state === 'running',
  );
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    instanceStatusSet: page.items.map((instance) => ({
      instanceId: instance.id,
      availabilityZone: instance.subnet.zone.name,
      availabilityZoneId: instance.subnet.zone.id,
      instanceState: describeState(instance.state),
      systemStatus: describeCheck(instance, now),
      instanceStatus: describeCheck(instance, now),
    })),
    nextToken: page.nextToken,
  });
};

const describeState = (state: InstanceState): XmlFields => ({
  code: stateCodes[state],
  name: state,
});

const describeCheck = (instance: Instance, now: number): XmlFields => {
  if (instance.state !== 'running') return { status: 'not-applicable' };
  const hasPassed = instance.healthyAt <= now && privateAddress(instance) !== undefined;
  return {
    status: hasPassed ? 'ok' : 'initializing',
    details: [{ name: 'reachability', status: hasPassed ? 'passed' : 'initializing' }],
  };
};
