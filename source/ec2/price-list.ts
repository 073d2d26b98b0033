import type { AccountRegionOptions } from './account-region.ts';
import { guard } from './guard.ts';
import { findOnDemandPrices } from './on-demand-prices.ts';
import type { AccountRegion } from './scope.ts';

/**
 * What types of instances cost on demand in a region, by AWS' price list: US dollars per hour, by
 * type. Types of which that is not known are absent; all are where EC2 is not AWS'.
 *
 * @throws Ec2Error
 */
export const askPriceList = (
  options: Pick<AccountRegionOptions, 'calls' | 'endpoint' | 'version'>,
  scope: AccountRegion,
  instanceTypes: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const { account, profile, region } = scope;
  const { calls, endpoint, version } = options;
  return guard(region, 'look up on-demand prices', signal, async () =>
    hasPriceList(endpoint, scope)
      ? findOnDemandPrices(
          {
            region,
            version,
            credentials: account.credentials.provide,
            ...(profile === undefined ? {} : { profile }),
            ...(endpoint === undefined ? {} : { endpoint }),
            onRequest: () => calls.add('GetProducts'),
          },
          instanceTypes,
          signal,
        )
      : new Map(),
  );
};

/** Who has EC2 elsewhere is not asked for money by AWS, and may not reach its price list. */
const hasPriceList = (
  endpoint: string | undefined,
  scope: Pick<AccountRegion, 'endpoint'>,
): boolean => {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_PRICING } = process.env;
  if ([endpoint, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_PRICING].some(Boolean)) return true;
  const asked = scope.endpoint();
  return asked === undefined
    ? !AWS_ENDPOINT_URL_EC2
    : /\.amazonaws\.com$|\.api\.aws$/.test(asked.hostname);
};
