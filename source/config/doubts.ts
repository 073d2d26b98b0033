import type { Finding } from './rules.ts';
import type { ConfigFile } from './schema.ts';

/** What is allowed but can hardly be meant. */
export const findDoubts = ({ aws, regions }: ConfigFile): Finding[] => {
  const placeBound = {
    vpc_id: aws.vpc_id !== undefined,
    subnet_id: aws.subnet_id !== undefined,
    security_groups: aws.security_groups.length > 0,
  };
  const ineffective = aws.use_dedicated_vpc && (placeBound.vpc_id || placeBound.subnet_id);
  const isPrivate = !aws.associate_public_ip;
  return [
    ...Object.entries(placeBound)
      .filter(([, isGiven]) => isGiven && regions.length > 1)
      .map(([key]) =>
        doubt(
          key,
          `exists in one region only, but ${regions.length} are listed: launches in the others will fail`,
        ),
      ),
    ...(ineffective
      ? [doubt('use_dedicated_vpc', 'has no effect, vpc_id or subnet_id says where to launch')]
      : []),
    ...(aws.use_dedicated_vpc && !ineffective ? findDedicatedDoubts(aws) : []),
    ...(isPrivate && aws.jump_host === undefined && aws.ssh_allowed_cidrs.length === 0
      ? [
          doubt(
            'associate_public_ip',
            'nodes are reached at their private addresses: name in ssh_allowed_cidrs from where, or a jump_host',
          ),
        ]
      : []),
  ];
};

/** A VPC that is made for the nodes has nothing else in it, and one way out. */
const findDedicatedDoubts = (aws: ConfigFile['aws']): Finding[] => [
  ...(aws.associate_public_ip
    ? []
    : [
        doubt(
          'use_dedicated_vpc',
          'nodes without a public address have no way to the internet in it: there is no NAT gateway',
        ),
      ]),
  ...(aws.jump_host === undefined
    ? []
    : [
        doubt(
          'use_dedicated_vpc',
          'the jump host is not in it: nodes are hardly reached from there',
        ),
      ]),
];

const doubt = (key: string, message: string): Finding => ({
  path: ['aws', key],
  at: 'key',
  message,
});
