import * as z from 'zod';
import { expecting, price, tags, text } from './fields.ts';
import { instanceType, instanceTypes, regionNamePattern, storageGb } from './schema-values.ts';

export const regionSettings = z
  .strictObject(
    {
      machine_type: instanceType({
        description: 'Instance type of the nodes in this region.',
      }).optional(),
      instance_types: instanceTypes(
        'Instance types that will do in this region, best first; after `machine_type` where both are given.',
      ).optional(),
      image: text(
        '"auto" or an AMI id such as "ami-0abcdef1234567890"',
        /^(?:auto|ami-[0-9a-f]{8,17})$/,
        {
          description:
            '`auto` for the latest Ubuntu 24.04 LTS, or the id of an AMI in this region.',
          examples: ['auto', 'ami-0abcdef1234567890'],
        },
      ).prefault('auto'),
      spot_price_limit: price({
        description: 'Overrides `aws.spot_price_limit` in this region.',
      }).optional(),
      instance_storage_gb: storageGb(
        'Overrides `aws.instance_storage_gb` in this region.',
      ).optional(),
      tags: tags({ description: 'Tags on top of `aws.tags` in this region.' }).optional(),
    },
    expecting('a map of settings such as {machine_type: t3.medium}'),
  )
  .meta({ description: 'Settings of this region; all of them are optional.' });

/** An item of `regions`: one key, whose value may be missing. */
export const region = z
  .union(
    [
      text('a region such as us-west-2', regionNamePattern, {
        description: 'A region with nothing but defaults.',
      }),
      z.record(z.string(), regionSettings).meta({
        description: 'One region and its settings.',
        propertyNames: { pattern: regionNamePattern.source },
        minProperties: 1,
        maxProperties: 1,
      }),
    ],
    expecting('a region such as us-west-2, with its settings indented below it'),
  )
  .meta({ examples: [{ 'us-west-2': { machine_type: 't3.medium', image: 'auto' } }] });
