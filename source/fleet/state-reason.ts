import type { Instance } from '../ec2/cloud.ts';

/**
 * Whether EC2 itself took a spot instance away.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
export const isReclaim = ({ stateReason }: Instance): boolean =>
  stateReason !== undefined &&
  /Server\.SpotInstance(?:Termination|Shutdown)|instance-terminated-(?:by-price|no-capacity|capacity-oversubscribed|launch-group-constraint)/.test(
    stateReason,
  );

/** EC2's reason for an end, with words for people before its code. */
export const describeEnd = ({ state, stateReason }: Instance): string => {
  if (stateReason === undefined) return `the instance is ${state}`;
  const words = Object.entries(reasons).find(([code]) => stateReason.includes(code))?.[1];
  return words === undefined ? stateReason : `${words} (${stateReason})`;
};

const reasons = {
  'Client.UserInitiatedShutdown': 'terminated on request',
  'Client.InstanceInitiatedShutdown': 'the machine shut itself down',
  'Server.SpotInstanceTermination': 'EC2 took the spot instance back',
  'Server.SpotInstanceShutdown': 'EC2 took the spot instance back',
  'Server.InsufficientInstanceCapacity': 'EC2 ran out of capacity while starting it',
  'Client.VolumeLimitExceeded': 'the account may not have more volumes',
  'Server.InternalError': 'EC2 failed while starting it',
} as const;
