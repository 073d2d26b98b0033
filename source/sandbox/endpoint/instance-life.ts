import type { MachineRequest } from '../hypervisor.ts';
import { within } from './boot-times.ts';
import { passed } from './clock.ts';
import type { Cloud } from './cloud.ts';
import type { Instance, InstanceState, StateReason } from './instance.ts';
import type { Region } from './region.ts';
import { closeSpotRequest, type SpotStatus } from './spot-requests.ts';
import { putTags } from './tags.ts';
import { releaseVolume } from './volumes.ts';

/** Tag that says where a machine's SSH listens, if not on port 22. */
const sshPortTag = 'spot-tui:ssh-port';

/** Why an instance ends, in EC2's words. */
export type Ending = {
  readonly stateReason: StateReason;
  readonly transitionReason: string;
  readonly spotStatus: SpotStatus;
};

/** Somebody called TerminateInstances. */
export const endedByUser = (now: number): Ending => ({
  stateReason: {
    code: 'Client.UserInitiatedShutdown',
    message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  },
  transitionReason: `User initiated (${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} GMT)`,
  spotStatus: {
    code: 'instance-terminated-by-user',
    message: 'Spot Instance terminated due to user-initiated termination.',
  },
});

/** EC2 wants its spare capacity back. */
export const endedByReclaim: Ending = {
  stateReason: {
    code: 'Server.SpotInstanceTermination',
    message: 'Server.SpotInstanceTermination: Spot instance termination',
  },
  transitionReason: 'Server.SpotInstanceTermination',
  spotStatus: {
    code: 'instance-terminated-no-capacity',
    message:
      'Your Spot Instance was terminated because there is no Spot capacity available that matches your request.',
  },
};

const endedByFailure: Ending = {
  stateReason: {
    code: 'Server.InternalError',
    message: 'Server.InternalError: Internal error on launch',
  },
  transitionReason: 'Server.InternalError',
  spotStatus: { code: 'system-error', message: 'There was an unexpected system error.' },
};

/** Starts an instance's machine and takes the instance through `pending` to `running`. */
export const begin = (
  cloud: Cloud,
  region: Region,
  instance: Instance,
  request: MachineRequest,
): void => {
  const settled = passed(cloud.clock, within(cloud.bootTimes.running));
  // Wrapped, so that a hypervisor that throws is one that rejects.
  const launched = (async () => cloud.hypervisor.launch(request))();
  launched
    .then(async (address) => {
      if (address.sshPort !== undefined) {
        putTags(region, instance.id, new Map([[sshPortTag, String(address.sshPort)]]));
      }
      if (instance.state === 'pending') instance.address = address;
      await settled;
      if (instance.state !== 'pending') return;
      instance.healthyAt = cloud.clock.now() + within(cloud.bootTimes.statusChecks);
      enter(cloud, instance, 'running');
    })
    .catch((error: unknown) => {
      cloud.ledger.add({ type: 'trouble', instanceId: instance.id, message: String(error) });
      end(cloud, region, instance, endedByFailure);
    });
  instance.launch = launched.then(
    () => undefined,
    () => undefined,
  );
};

/** Ends an instance: `shutting-down`, then `terminated` once its machine is gone. */
export const end = (cloud: Cloud, region: Region, instance: Instance, ending: Ending): void => {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
  instance.stateReason = ending.stateReason;
  instance.transitionReason = ending.transitionReason;
  enter(cloud, instance, 'shutting-down');
  closeSpotRequest(region, instance, ending.spotStatus, cloud.clock.now());
  const settled = passed(cloud.clock, within(cloud.bootTimes.shuttingDown));
  const removed = instance.launch.then(() => cloud.hypervisor.terminate(instance.id));
  void removed
    .catch((error: unknown) => {
      cloud.ledger.add({ type: 'trouble', instanceId: instance.id, message: String(error) });
    })
    .then(() => Promise.race([settled, cloud.closing]))
    .then(() => {
      releaseVolume(region, instance);
      enter(cloud, instance, 'terminated');
      cloud.clock.after(cloud.bootTimes.remembered, () => {
        forget(region, instance);
      });
    });
};

const enter = (cloud: Cloud, instance: Instance, state: InstanceState): void => {
  instance.state = state;
  instance.stateSince = cloud.clock.now();
  cloud.ledger.add({
    type: 'state',
    instanceId: instance.id,
    region: instance.region,
    state,
    ...(instance.stateReason === undefined ? {} : { reason: instance.stateReason.code }),
  });
  cloud.onChange();
};

const forget = (region: Region, instance: Instance): void => {
  region.instances.delete(instance.id);
  region.tags.delete(instance.id);
  if (instance.spotRequestId === undefined) return;
  region.spotRequests.delete(instance.spotRequestId);
  region.tags.delete(instance.spotRequestId);
};
