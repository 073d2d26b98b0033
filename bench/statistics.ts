import type { Figure } from './figure.ts';

/** The middle of the values, or the mean of the two in the middle; NaN of none. */
export const median = (values: readonly number[]): number => percentile(values, 50);

/** The value below which `percent` of the values lie, interpolated; NaN of none. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const position = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
};

/** Half the distance between the quartiles, as a share of the median: 0 where all values agree. */
export const spread = (values: readonly number[]): number => {
  const middle = median(values);
  if (middle === 0) return 0;
  return (percentile(values, 75) - percentile(values, 25)) / 2 / middle;
};

/**
 * The figure's ratio to its baseline. Values taken in turns are compared in pairs, because what
 * else the machine was doing concerns both of a pair.
 */
export const ratioOf = ({ samples, baseline }: Figure): number | undefined => {
  if (baseline === undefined) return undefined;
  if (samples.length !== baseline.samples.length) return median(samples) / median(baseline.samples);
  return median(samples.map((sample, index) => sample / (baseline.samples[index] ?? Number.NaN)));
};

/** Whether the figure keeps its target; undefined where it has none. */
export const isMet = (figure: Figure): boolean | undefined => {
  const { samples, target } = figure;
  if (target === undefined) return undefined;
  const value = target.of === 'value' ? median(samples) : ratioOf(figure);
  return value !== undefined && value <= target.atMost;
};
