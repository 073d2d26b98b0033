import { DescribeSpotPriceHistoryCommand } from '@aws-sdk/client-ec2';
import type { SpotPrice } from './cloud.ts';
import { asInstanceType } from './instance-types.ts';
import { askForPages } from './request.ts';
import type { AccountRegion } from './scope.ts';

/**
 * The current spot prices of instance types in the region, cheapest first; empty where EC2 knows
 * none. EC2 does not say what the same costs on demand.
 */
export const findSpotPrices = async (
  scope: AccountRegion,
  signal: AbortSignal,
  instanceTypes: readonly string[],
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
