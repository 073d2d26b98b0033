import { type Instance, tagNames } from '../ec2/cloud.ts';

/** The generation of a region's next launch: one more than that of any instance there. */
export const nextGeneration = (instances: readonly Instance[]): number => {
  let latest = 0;
  for (const { tags } of instances) {
    latest = Math.max(latest, Number.parseInt(tags[tagNames.generation] ?? '', 10) || 0);
  }
  return latest + 1;
};
