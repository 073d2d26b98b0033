import type { Instance } from '../ec2/cloud.ts';
import type { Topic } from '../events/topic.ts';

/** Why EC2 ended or stopped an instance, in words for people. */
export type EndReason = {
  /** What happened and why, with EC2's code: one line. */
  readonly reason: string;
  /** What to do next: one line. */
  readonly hint: string;
  /** Where to read on. */
  readonly topic: Topic;
};

/**
 * Whether EC2 itself took a spot instance away, be it for good or until there is capacity again.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
export const isReclaim = ({ stateReason }: Instance): boolean =>
  stateReason !== undefined &&
  /Server\.SpotInstance(?:Termination|Shutdown)|instance-terminated-(?:by-price|no-capacity|capacity-oversubscribed|launch-group-constraint)/.test(
    stateReason,
  );

/** Whether an instance is off or about to be, and can be started again. */
export const isStopped = ({ state }: Instance): boolean =>
  state === 'stopping' || state === 'stopped';

/** EC2's reason for an end or a stop, in words and with its code, and what to do about it. */
export const describeEnd = (instance: Instance): EndReason => {
  const { state, stateReason } = instance;
  if (stateReason === undefined) {
    return { reason: `the instance is ${state}`, hint: another, topic: 'interrupted' };
  }
  const code = codes.find((each) => stateReason.includes(each));
  if (code === undefined) return { reason: stateReason, hint: another, topic: 'interrupted' };
  const { cause, hint } = explain(code, instance);
  return { reason: `${cause} (${stateReason})`, hint, topic: topicOfCode(code) };
};

/** All codes that EC2 documents. */
const codes = [
  'Server.SpotInstanceTermination',
  'Server.SpotInstanceShutdown',
  'Server.InsufficientInstanceCapacity',
  'Server.InternalError',
  'Server.ScheduledStop',
  'Client.UserInitiatedShutdown',
  'Client.UserInitiatedHibernate',
  'Client.InstanceInitiatedShutdown',
  'Client.InstanceTerminated',
  'Client.InternalError',
  'Client.InvalidSnapshot.NotFound',
  'Client.VolumeLimitExceeded',
] as const;

const another = '`spot-tui create` launches another one.';

const startAgain =
  "Start it again in EC2's console, or replace the node: a stopped instance still pays for its volume.";

const topicOfCode = (code: (typeof codes)[number]): Topic => {
  switch (code) {
    case 'Server.InsufficientInstanceCapacity':
      return 'capacity';
    case 'Client.InternalError':
    case 'Client.InvalidSnapshot.NotFound':
    case 'Client.VolumeLimitExceeded':
      return 'aws';
    case 'Server.SpotInstanceTermination':
    case 'Server.SpotInstanceShutdown':
    case 'Server.InternalError':
    case 'Server.ScheduledStop':
    case 'Client.UserInitiatedShutdown':
    case 'Client.UserInitiatedHibernate':
    case 'Client.InstanceInitiatedShutdown':
    case 'Client.InstanceTerminated':
      return 'interrupted';
    default:
      return code satisfies never;
  }
};

const explain = (
  code: (typeof codes)[number],
  instance: Instance,
): { readonly cause: string; readonly hint: string } => {
  const goesOn = isStopped(instance);
  const next = goesOn ? startAgain : another;
  switch (code) {
    case 'Server.SpotInstanceTermination':
      return { cause: 'EC2 took the spot instance back', hint: another };
    case 'Server.SpotInstanceShutdown':
      return goesOn
        ? {
            cause: 'EC2 stopped the spot instance',
            hint: 'EC2 starts it again once it has capacity; replace the node to have another one now.',
          }
        : { cause: 'EC2 took the spot instance back', hint: another };
    case 'Server.InsufficientInstanceCapacity':
      return {
        cause: 'EC2 ran out of capacity while starting it',
        hint: `${another} More instance types or regions in the configuration make that likelier to work.`,
      };
    case 'Server.InternalError':
      return { cause: 'EC2 failed while starting it', hint: `${another} It is no fault of yours.` };
    case 'Server.ScheduledStop':
      return {
        cause: 'EC2 stopped it because its hardware is being retired',
        hint: "Start it again in EC2's console, which moves it to other hardware, or replace the node.",
      };
    case 'Client.UserInitiatedShutdown':
      return {
        cause: goesOn ? 'stopped on request' : 'terminated on request',
        hint: `AWS CloudTrail says who called ${goesOn ? 'StopInstances' : 'TerminateInstances'} for ${instance.instanceId}. ${next}`,
      };
    case 'Client.UserInitiatedHibernate':
      return {
        cause: 'hibernated on request',
        hint: `AWS CloudTrail says who called StopInstances for ${instance.instanceId}. ${next}`,
      };
    case 'Client.InstanceInitiatedShutdown':
      return {
        cause: 'the machine shut itself down',
        hint: `Something on it ran shutdown, poweroff or halt; its console in EC2 may say what. ${next}`,
      };
    case 'Client.InstanceTerminated':
      return { cause: 'it was ended or rebooted while an image was made of it', hint: next };
    case 'Client.InternalError':
      return {
        cause: 'its start failed on something of the account',
        hint: 'Most often its volume is encrypted with a KMS key that EC2 may not use: see that the key is enabled, in this region, and that its policy lets the service role of EC2 Spot use it.',
      };
    case 'Client.InvalidSnapshot.NotFound':
      return {
        cause: 'the snapshot behind its image is not there any more',
        hint: 'Choose another image in the configuration, or auto; then run `spot-tui create`.',
      };
    case 'Client.VolumeLimitExceeded':
      return {
        cause: 'the account may not have more volumes, or more storage in volumes',
        hint: 'Delete volumes that are not needed, lower instance_storage_gb, or ask in Service Quotas for more storage of EBS; then run `spot-tui create`.',
      };
    default:
      return code satisfies never;
  }
};
