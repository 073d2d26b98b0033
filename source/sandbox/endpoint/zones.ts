import type { Action } from './call.ts';
import { invalidValue } from './failure.ts';
import { select } from './filters.ts';

/** An availability zone. */
export type Zone = {
  /** Such as `us-west-2a`. */
  readonly name: string;
  /** Such as `usw2-az1`. */
  readonly id: string;
};

/** The three zones of a region. */
export const zonesOf = (region: string): Zone[] =>
  ['a', 'b', 'c'].map((letter, index) => ({
    name: `${region}${letter}`,
    id: `${shortName(region)}-az${index + 1}`,
  }));

const directions: readonly (readonly [string, string])[] = [
  ['north', 'n'],
  ['south', 's'],
  ['central', 'c'],
  ['east', 'e'],
  ['west', 'w'],
];

/** `ap-southeast-1` as zone ids have it: `apse1`. */
const shortName = (region: string): string => {
  const [area = '', place = '', number = ''] = region.split('-');
  const letters = directions.reduce((text, [word, letter]) => text.replace(word, letter), place);
  return `${area}${letters}${number}`;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export const describeAvailabilityZones: Action = ({ region, parameters }) => {
  parameters.accept('AllAvailabilityZones');
  const names = parameters.texts('ZoneName');
  const ids = parameters.texts('ZoneId');
  for (const name of names) {
    if (!region.zones.some((zone) => zone.name === name)) {
      throw invalidValue(`Invalid availability zone: [${name}]`);
    }
  }
  const found = select(parameters, region.zones, {
    'zone-name': (zone) => [zone.name],
    'zone-id': (zone) => [zone.id],
    'region-name': () => [region.name],
    state: () => ['available'],
    'zone-type': () => ['availability-zone'],
    'opt-in-status': () => ['opt-in-not-required'],
  });
  return () => ({
    availabilityZoneInfo: found
      .filter((zone) => names.length === 0 || names.includes(zone.name))
      .filter((zone) => ids.length === 0 || ids.includes(zone.id))
      .map((zone) => ({
        zoneName: zone.name,
        zoneId: zone.id,
        zoneState: 'available',
        zoneType: 'availability-zone',
        regionName: region.name,
        groupName: region.name,
        networkBorderGroup: region.name,
        optInStatus: 'opt-in-not-required',
      })),
  });
};
