import { expecting, list, text, wholeNumber } from './fields.ts';

/** Such as `us-west-2`, `us-gov-east-1` or `ap-southeast-4`. */
export const regionNamePattern = /^[a-z]{2,5}(?:-[a-z]+){1,3}-[0-9]{1,2}$/;

export const instanceType = (details: { description: string }) =>
  text('a string such as "t3.medium"', /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, {
    examples: ['t3.medium'],
    ...details,
  });

export const instanceTypes = (description: string) =>
  list(
    'a list of instance types such as [t3.medium, t3a.medium]',
    instanceType({ description: 'An EC2 instance type.' }),
    { description, examples: [['t3.medium', 't3a.medium']] },
  ).min(1, expecting('at least one instance type such as [t3.medium, t3a.medium]'));

export const port = (example: number, description: string) =>
  wholeNumber(example, 1, 65535, { description, examples: [example] });

export const storageGb = (description: string) =>
  wholeNumber(20, 8, 16384, { description, examples: [20] });

export const resource = (prefix: 'vpc' | 'subnet' | 'sg', description: string) =>
  text(`an id such as "${prefix}-0a1b2c3d4e5f67890"`, new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), {
    description,
    examples: [`${prefix}-0a1b2c3d4e5f67890`],
  });
