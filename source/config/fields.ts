import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { durationPattern, parseDuration } from './duration.ts';

/** What editors show about a key. */
export type About = { readonly description: string; readonly examples?: readonly unknown[] };

/**
 * zod's option for a message that holds whatever is wrong. Every message of the schema begins with
 * "expected"; what came instead is added where the issue is located in the file.
 */
export const expecting = (what: string) => ({ error: `expected ${what}` });

const about = ({ description, examples }: About) => ({
  description,
  ...(examples === undefined ? {} : { examples: [...examples] }),
});

/** A string of a certain form; `what` says which, with an example. */
export const text = (what: string, pattern: RegExp, details: About) =>
  z.string(expecting(what)).regex(pattern).meta(about(details));

/** One of some words. */
export const oneOf = <const Word extends string>(words: readonly Word[], details: About) =>
  z
    .enum(words, expecting(words.map((word) => JSON.stringify(word)).join(' or ')))
    .meta(about(details));

export const wholeNumber = (example: number, minimum: number, maximum: number, details: About) => {
  const expected = expecting(`a whole number from ${minimum} to ${maximum} such as ${example}`);
  return z.int(expected).min(minimum).max(maximum).meta(about(details));
};

/** US dollars per hour; more is a mistake. */
export const highestPrice = 1000;

/** How a price is written. */
export const priceWords = `a price in US dollars per hour above 0 and up to ${highestPrice} such as 0.05`;

/** US dollars per hour. */
export const price = (details: About) =>
  z.number(expecting(priceWords)).gt(0).max(highestPrice).meta(about(details));

const yes = ['yes', 'Yes', 'YES', 'on', 'On', 'ON'] as const;
const no = ['no', 'No', 'NO', 'off', 'Off', 'OFF'] as const;

/** The old system read YAML 1.1, where these words were truth values too. */
export const yesNo = (details: About) =>
  z
    .union([z.boolean(), z.enum([...yes, ...no])], expecting('true or false'))
    .transform((value) => (typeof value === 'boolean' ? value : yes.some((word) => word === value)))
    .meta(about(details));

/** Milliseconds, written as `90s`; the bounds are in milliseconds too. */
export const duration = (
  example: string,
  bounds: { readonly minimum: number; readonly maximum: number; readonly words: string },
  details: About,
) => {
  const what = `a duration such as ${example}, ${bounds.words}`;
  const expected = expecting(what);
  return z
    .union([z.string(expected).regex(durationPattern), z.literal(0)], expected)
    .transform((written, context) => {
      const milliseconds = parseDuration(String(written));
      if (
        milliseconds !== undefined &&
        milliseconds >= bounds.minimum &&
        milliseconds <= bounds.maximum
      ) {
        return milliseconds;
      }
      context.addIssue({ code: 'custom', message: expected.error });
      return z.NEVER;
    })
    .meta(about(details));
};

export const list = <Item extends z.ZodType>(what: string, item: Item, details: About) =>
  z.array(item, expecting(what)).meta(about(details));

/** Path on the user's machine; `~` alone or `~/` at its beginning stands for the home folder. */
export const localPath = (example: string, details: About) =>
  text(
    `a path such as ${JSON.stringify(example)}`,
    /^(?:~|~[/\\][^\x00-\x1f\x7f]*|[^~\x00-\x1f\x7f][^\x00-\x1f\x7f]*)$/,
    details,
  );

/** Absolute path of a directory on the nodes; it ends up in scripts, hence few characters. */
export const nodeDirectory = (example: string, details: About) =>
  text(
    `an absolute path of letters, digits and ._- such as ${JSON.stringify(example)}`,
    /^(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)+$/,
    details,
  );

export const cidrBlock = z
  .string(expecting('a CIDR block such as "203.0.113.7/32"'))
  .refine((block) => isCidr(block), expecting('a CIDR block such as "203.0.113.7/32"'))
  .meta({ examples: ['203.0.113.7/32'] });

const isCidr = (block: string): boolean => {
  const [, address, length] = /^([^/]+)\/(\d{1,3})$/.exec(block) ?? [];
  if (address === undefined) return false;
  return (
    Number(length) <= (isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : -1)
  );
};

/**
 * Tags as EC2 takes them; numbers and truth values stand for their text.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
 */
export const tags = (details: About) => {
  const key = expecting(
    'a tag key of at most 128 characters such as "Project" that does not begin with aws: or spot-tui:',
  );
  const value = expecting('a tag value of at most 256 characters such as "my-project"');
  return z
    .record(
      z
        .string(key)
        .regex(/^(?![aA][wW][sS]:|[sS][pP][oO][tT]-[tT][uU][iI]:)[^\x00-\x1f\x7f]{1,128}$/u, key),
      z.union(
        [z.string().regex(/^[^\x00-\x1f\x7f]{0,256}$/u, value), z.number(), z.boolean()],
        value,
      ),
      expecting('a map of tags such as {Project: my-project}'),
    )
    .meta(about(details));
};
