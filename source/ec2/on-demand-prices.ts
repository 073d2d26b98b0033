import type { PricingClientConfig } from '@aws-sdk/client-pricing';
import * as z from 'zod';
import { abortable } from './abortable.ts';
import type { AccountCredentials } from './account-credentials.ts';
import { toEc2Error } from './errors.ts';
import { inParallel } from './in-parallel.ts';

export type OnDemandPricesOptions = {
  /** Where the instances are. */
  readonly region: string;
  /** Version of the program, for the user agent. */
  readonly version: string;
  readonly profile?: string;
  /** Instead of AWS, or of what `AWS_ENDPOINT_URL_PRICING` and `AWS_ENDPOINT_URL` say. */
  readonly endpoint?: string;
  /** Instead of the SDK's own search for credentials. */
  readonly credentials?: AccountCredentials['provide'];
  /** Hears of every request, retries included. */
  readonly onRequest: () => void;
};

/** The price list of all regions is kept in a few; this one has it for every account. */
const priceListRegion = 'us-east-1';

/** Types that are asked for at a time. */
const atOnce = 4;

/**
 * What types of instances cost on demand with Linux in a region: US dollars per hour, by type;
 * types of which it can't be found out are absent. The client is loaded only here: few commands
 * want to know.
 *
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 *
 * @throws Ec2Error when not one price could be asked for.
 */
export const findOnDemandPrices = async (
  options: OnDemandPricesOptions,
  instanceTypes: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, number>> => {
  const { GetProductsCommand, PricingClient } = await import('@aws-sdk/client-pricing');
  const client = new PricingClient(configuration(options));
  client.middlewareStack.add(
    (next) => (request) => {
      options.onRequest();
      return next(request);
    },
    { name: 'spotTuiCallCounter', step: 'deserialize', priority: 'low' },
  );
  const prices = new Map<string, number>();
  try {
    const [failure] = await inParallel(
      [...new Set(instanceTypes)],
      atOnce,
      async (instanceType) => {
        const { PriceList = [] } = await abortable(
          client.send(
            new GetProductsCommand({
              ServiceCode: 'AmazonEC2',
              Filters: filtersOf(options.region, instanceType),
            }),
            { abortSignal: signal },
          ),
          signal,
        );
        const [price] = [...PriceList].flatMap((product) => hourlyPrices(String(product)));
        if (price !== undefined) prices.set(instanceType, price);
      },
    );
    signal.throwIfAborted();
    if (failure !== undefined && prices.size === 0) throw failure.reason;
    return prices;
  } catch (error) {
    signal.throwIfAborted();
    throw toEc2Error(error, {
      region: options.region,
      doing: 'look up on-demand prices',
      action: 'GetProducts',
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
  } finally {
    client.destroy();
  }
};

const configuration = ({
  credentials,
  endpoint,
  profile,
  version,
}: OnDemandPricesOptions): PricingClientConfig => ({
  region: priceListRegion,
  customUserAgent: [['spot-tui', version]],
  // Somebody waits for a plan, and a price is the least of it.
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
  },
  maxAttempts: 2,
  ...(profile === undefined ? {} : { profile }),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});

/** One product remains: shared machines with nothing but Linux, by the hour. */
const filtersOf = (region: string, instanceType: string) =>
  Object.entries({
    regionCode: region,
    instanceType,
    operatingSystem: 'Linux',
    preInstalledSw: 'NA',
    tenancy: 'Shared',
    capacitystatus: 'Used',
    licenseModel: 'No License required',
    marketoption: 'OnDemand',
  }).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value }));

/** https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html */
const productSchema = z.object({
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({
        priceDimensions: z.record(
          z.string(),
          z.object({
            unit: z.string(),
            pricePerUnit: z.object({ USD: z.string().optional() }),
          }),
        ),
      }),
    ),
  }),
});

/** Prices above 0 by the hour that a product's description, a JSON document, has. */
const hourlyPrices = (description: string): number[] => {
  const product = productSchema.safeParse(parse(description));
  if (!product.success) return [];
  return Object.values(product.data.terms.OnDemand)
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .flatMap(({ pricePerUnit, unit }) => {
      const price = Number(pricePerUnit.USD);
      return unit === 'Hrs' && price > 0 ? [price] : [];
    });
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not a product then.
    return undefined;
  }
};
