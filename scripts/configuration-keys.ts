import * as z from 'zod';
import { configJsonSchema } from '../source/config/json-schema.ts';
import { check, configFile, timeouts } from '../source/config/schema.ts';
import { aws } from '../source/config/schema-aws.ts';
import { regionSettings } from '../source/config/schema-region.ts';

/** A key of the configuration as the page shows it. */
export type ConfigurationKey = {
  /** Such as `aws.username` or `regions[].REGION.image`. */
  readonly path: string;
  readonly description: string;
  /** What is accepted, in the words of the message about anything else. */
  readonly accepts: string;
  readonly isRequired: boolean;
  /** Undefined where there is none; the description tells then what absence means. */
  readonly default: unknown;
  /** The first one, as it may be written. */
  readonly example: unknown;
};

const nodeSchema = z.looseObject({
  description: z.string().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
});
const mapSchema = z.looseObject({
  properties: z.record(z.string(), nodeSchema),
  required: z.array(z.string()).default([]),
});

/** Sections of the file: where they are in it, in the JSON Schema, and what reads them. */
const sections = [
  { prefix: '', schema: configFile, at: [] },
  { prefix: 'aws.', schema: aws, at: ['properties', 'aws'] },
  { prefix: 'timeouts.', schema: timeouts, at: ['properties', 'timeouts'] },
  { prefix: 'checks[].', schema: check, at: ['properties', 'checks', 'items'] },
  {
    prefix: 'regions[].REGION.',
    schema: regionSettings,
    at: ['properties', 'regions', 'items', 'anyOf', '1', 'additionalProperties'],
  },
] as const;

/** Maps whose keys are listed one by one instead. */
const containers = new Set(['aws', 'timeouts']);

/** Every key that the schema has, by its path. */
export const configurationKeys = (): ReadonlyMap<string, ConfigurationKey> =>
  new Map(
    sections.flatMap(({ at, prefix, schema }) => {
      const { properties, required } = mapSchema.parse(within(configJsonSchema(), at));
      return Object.entries(schema.shape).flatMap(([name, reader]) => {
        const path = `${prefix}${name}`;
        if (containers.has(path)) return [];
        const { default: preset, description, examples } = nodeSchema.parse(properties[name]);
        if (description === undefined) throw new Error(`${path} has no description`);
        const key = {
          path,
          description,
          accepts: accepts(reader),
          isRequired: required.includes(name),
          default: preset,
          example: examples?.[0],
        };
        return [[path, key] as const];
      });
    }),
  );

const within = (schema: unknown, at: readonly string[]): unknown =>
  at.reduce<unknown>((node, name) => {
    if (typeof node === 'object' && node !== null && name in node) {
      return (node as Readonly<Record<string, unknown>>)[name];
    }
    throw new Error(`the JSON Schema has no ${name} on the way to ${at.join('.')}`);
  }, schema);

/** What is said to a value that nothing takes. */
const accepts = (reader: z.ZodType): string => {
  const message = reader.safeParse(Symbol('nothing')).error?.issues[0]?.message ?? '';
  if (!message.startsWith('expected ')) throw new Error(`no message that can be shown: ${message}`);
  return message.slice('expected '.length);
};
