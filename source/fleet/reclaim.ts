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
