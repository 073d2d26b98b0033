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
  ];
};

const doubt = (key: string, message: string): Finding => ({
  path: ['aws', key],
  at: 'key',
  message,
});
