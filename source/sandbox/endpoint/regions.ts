import type { Action } from './call.ts';
import { Ec2Failure, invalidValue } from './failure.ts';
import { select } from './filters.ts';

/**
 * The public regions, with what an account must do to use them.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const enabledByDefault = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];
const optIn = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'me-west-1',
  'mx-central-1',
  'sa-west-1',
];

type RegionEntry = { readonly name: string; readonly optInStatus: string };

const regions: readonly RegionEntry[] = [
  ...enabledByDefault.map((name) => ({ name, optInStatus: 'opt-in-not-required' })),
  ...optIn.map((name) => ({ name, optInStatus: 'opted-in' })),
].sort((first, second) => (first.name < second.name ? -1 : 1));

export const isRegion = (name: string): boolean => regions.some((region) => region.name === name);

/**
 * On AWS a region that doesn't exist has no address; here the signature is the first place where
 * it can be noticed.
 *
 * @throws Ec2Failure `AuthFailure`, in the words that AWS has for it
 */
export const checkRegion = (name: string): void => {
  if (!isRegion(name)) {
    throw new Ec2Failure(
      'AuthFailure',
      `Credential should be scoped to a valid region, not '${name}'.`,
      401,
    );
  }
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export const describeRegions: Action = ({ parameters }) => {
  parameters.accept('AllRegions');
  const names = parameters.texts('RegionName');
  for (const name of names) {
    if (!regions.some((region) => region.name === name)) {
      throw invalidValue(`Invalid region provided: '${name}'.`);
    }
  }
  const found = select(parameters, regions, {
    'region-name': (region) => [region.name],
    endpoint: (region) => [endpointName(region.name)],
    'opt-in-status': (region) => [region.optInStatus],
  });
  return () => ({
    regionInfo: found
      .filter((region) => names.length === 0 || names.includes(region.name))
      .map((region) => ({
        regionName: region.name,
        regionEndpoint: endpointName(region.name),
        optInStatus: region.optInStatus,
      })),
  });
};

const endpointName = (region: string): string => `ec2.${region}.amazonaws.com`;
