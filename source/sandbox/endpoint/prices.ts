import { createHash } from 'node:crypto';
import type { Action } from './call.ts';
import { isOffered } from './describe-instance-types.ts';
import { invalidValue } from './failure.ts';
import { select } from './filters.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { pageOf } from './pages.ts';
import type { Region } from './region.ts';
import type { Zone } from './zones.ts';

/** US dollars per hour on demand. */
export const onDemandPrice = (region: Region, type: InstanceType): number =>
  rounded(type.price * (region.name.startsWith('us-') ? 1 : 1.1 + 0.15 * chance(region.name)));

/** US dollars per hour as spot instance, now. */
export const spotPrice = (region: Region, type: InstanceType, zone: Zone): number =>
  rounded(onDemandPrice(region, type) * (0.3 + 0.2 * chance(type.name, zone.name)));

/** The prices before, each as a part of the present one, with the hours since it came up. */
const history: readonly (readonly [hours: number, factor: number])[] = [
  [2, 1],
  [14, 1.04],
  [40, 0.97],
];

const hour = 3_600_000;

/** A number from 0 to 1 that is the same every time for what is named. */
const chance = (...name: string[]): number =>
  createHash('sha256').update(name.join('\n')).digest().readUInt32BE() / 0xffffffff;

const rounded = (price: number): number => Math.round(price * 10_000) / 10_000;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html */
export const describeSpotPriceHistory: Action = ({ cloud, region, parameters }) => {
  const names = parameters.texts('InstanceType');
  for (const name of names) {
    if (!instanceTypes.has(name)) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  }
  const products = parameters.texts('ProductDescription');
  const zoneName = parameters.text('AvailabilityZone');
  const now = cloud.clock.now();
  const from = parameters.time('StartTime') ?? now - 90 * 24 * hour;
  const until = parameters.time('EndTime') ?? now;
  const all = [...instanceTypes.values()]
    .filter((type) => names.length === 0 || names.includes(type.name))
    .flatMap((type) =>
      region.zones
        .filter((zone) => isOffered(region, type, zone))
        .filter((zone) => zoneName === undefined || zone.name === zoneName)
        .flatMap((zone) => changes(region, type, zone, now, from, until)),
    )
    .filter((entry) => products.length === 0 || products.includes(entry.productDescription));
  const found = select(parameters, all, {
    'availability-zone': (entry) => [entry.availabilityZone],
    'instance-type': (entry) => [entry.instanceType],
    'product-description': (entry) => [entry.productDescription],
    'spot-price': (entry) => [entry.spotPrice],
    timestamp: (entry) => [entry.timestamp.toISOString()],
  });
  const page = pageOf(parameters, found, cloud.largestPage, {
    smallest: 1,
    largest: 1000,
    usual: 1000,
  });
  return () => ({ spotPriceHistorySet: page.items, nextToken: page.nextToken ?? '' });
};

type PriceEntry = {
  readonly instanceType: string;
  readonly productDescription: string;
  readonly spotPrice: string;
  readonly timestamp: Date;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
};

/** The changes within a time, newest first, and the price that held when it began. */
const changes = (
  region: Region,
  type: InstanceType,
  zone: Zone,
  now: number,
  from: number,
  until: number,
): PriceEntry[] => {
  const before = history
    .map(([hours, factor]) => ({ time: now - hours * hour, factor }))
    .filter(({ time }) => time <= until);
  const within = before.filter(({ time }) => time > from);
  const inForce = before.find(({ time }) => time <= from);
  return [...within, ...(inForce === undefined ? [] : [inForce])].flatMap(({ time, factor }) =>
    ['Linux/UNIX', 'Linux/UNIX (Amazon VPC)'].map((productDescription) => ({
      instanceType: type.name,
      productDescription,
      spotPrice: (spotPrice(region, type, zone) * factor).toFixed(6),
      timestamp: new Date(time),
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
    })),
  );
};
