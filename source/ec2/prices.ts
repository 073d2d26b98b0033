import { DescribeSpotPriceHistoryCommand } from '@aws-sdk/client-ec2';
import type { SpotPrice } from './cloud.ts';
import { asInstanceType } from './instance-types.ts';
import { askForPages } from './request.ts';
import type { RegionScope } from './scope.ts';

/**
 * The current spot prices of the region's instance types, or of others, cheapest first; empty where
 * EC2 knows none. EC2 does not say what the same costs on demand.
 */
export const findSpotPrices = async (
  scope: RegionScope,
  signal: AbortSignal,
  instanceTypes: readonly string[] = scope.regionConfig.instanceTypes,
): Promise<SpotPrice[]> => {
  const now = new Date();
  const history = await askForPages(
    scope,
    { doing: 'look up spot prices', action: 'DescribeSpotPriceHistory' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSpotPriceHistoryCommand({
          InstanceTypes: instanceTypes.map(asInstanceType),
          ProductDescriptions: ['Linux/UNIX'],
          // From now to now: the price in force, one for each pool.
          StartTime: now,
          EndTime: now,
          ...token,
        }),
        options,
      );
      return { items: answer.SpotPriceHistory ?? [], nextToken: answer.NextToken };
    },
  );
  const latestFirst = history.toSorted(
    (one, other) => (other.Timestamp?.getTime() ?? 0) - (one.Timestamp?.getTime() ?? 0),
  );
  const prices = new Map<string, SpotPrice>();
  for (const { InstanceType, AvailabilityZone: zone, SpotPrice } of latestFirst) {
    const price = Number(SpotPrice);
    if (InstanceType === undefined || zone === undefined || !(price > 0)) continue;
    const pool = `${InstanceType} ${zone}`;
    if (!prices.has(pool)) prices.set(pool, { instanceType: InstanceType, zone, price });
  }
  return [...prices.values()].sort((one, other) => one.price - other.price);
};
