import type { Config } from './config.ts';
import { highestPrice, priceWords } from './fields.ts';
import { ConfigError, type ConfigIssue } from './issue.ts';
import { instanceCount } from './schema-aws.ts';

/** What the command line may say instead of the configuration. */
export type Overrides = {
  /** Nodes over all regions. */
  readonly count?: number;
  /** The only region to act in; one of the configuration's. */
  readonly region?: string;
  /** Name of an AWS profile. */
  readonly profile?: string;
  /** US dollars per hour that a node may cost, in all regions. */
  readonly maxPrice?: number;
};

/**
 * The configuration with flags on top.
 *
 * @throws ConfigError with an issue for each flag that makes no sense.
 */
export const applyOverrides = (
  config: Config,
  { count, maxPrice, region, profile }: Overrides,
): Config => {
  const issues: ConfigIssue[] = [];
  const { minimum, maximum } = instanceCount;
  if (count !== undefined && !(Number.isInteger(count) && count >= minimum && count <= maximum)) {
    issues.push({
      key: '--count',
      message: `expected a whole number from ${minimum} to ${maximum}, got ${count}`,
    });
  }
  const regions =
    region === undefined ? config.regions : config.regions.filter((one) => one.region === region);
  if (regions.length === 0) {
    const listed = config.regions.map((one) => one.region).join(', ');
    issues.push({
      key: '--region',
      message: `expected a region of the configuration (${listed}), got ${JSON.stringify(region)}`,
    });
  }
  if (maxPrice !== undefined && !(maxPrice > 0 && maxPrice <= highestPrice)) {
    issues.push({
      key: '--max-price',
      message: `expected ${priceWords}, got ${maxPrice}`,
    });
  }
  if (profile?.trim() === '') {
    issues.push({ key: '--profile', message: 'expected the name of an AWS profile, got nothing' });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return {
    ...config,
    regions:
      maxPrice === undefined
        ? regions
        : regions.map((each) => ({ ...each, spotPriceLimit: maxPrice })),
    ...(count === undefined ? {} : { totalInstances: count }),
    ...(profile === undefined ? {} : { profile }),
  };
};
