import type { LaunchRefusal } from '../ec2/cloud.ts';
import type { Ec2Error } from '../ec2/errors.ts';

/** Refusals that on demand would meet as well: the price limit, and a subnet that is full. */
const sameOnDemand = new Set(['SpotMaxPriceTooLow', 'InsufficientFreeAddressesInSubnet']);

/**
 * What to do about a launch that found no spot capacity, for who does not launch on demand: that
 * there is such a way.
 */
export const onDemandHint = (
  error: Ec2Error | undefined,
  refusals: readonly LaunchRefusal[],
): string => {
  const hint = error?.hint ?? '`spot-tui create` fills what is missing.';
  const isForSpot =
    error === undefined ||
    error.kind === 'capacity' ||
    error.code === 'MaxSpotInstanceCountExceeded';
  const isPassable = refusals.some(({ code }) => !sameOnDemand.has(code));
  const isHelpful = isForSpot && (refusals.length === 0 || isPassable);
  return isHelpful
    ? `${hint} Or set "on_demand_fallback: true": what finds no spot capacity is launched on demand then, at about three times the price.`
    : hint;
};
