import * as z from 'zod';

/**
 * The first line of each part of a recording but the first. The `carried` lines behind it repeat
 * what happened in earlier parts: whoever has read those passes over them.
 */
export type PartHeader = { readonly time: number; readonly part: number; readonly carried: number };

/** Begins like an event, so that readers that know nothing of parts pass over it as one. */
export const formatPartHeader = ({ time, part, carried }: PartHeader): string =>
  JSON.stringify({ time: new Date(time).toISOString(), event: 'part', part, carried });

const header = z.object({
  time: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  event: z.literal('part'),
  part: z.int().positive(),
  carried: z.int().nonnegative(),
});

/** Undefined for any other line. */
export const parsePartHeader = (line: string): PartHeader | undefined => {
  if (!headerStart.test(line)) return undefined;
  try {
    const { data } = header.safeParse(JSON.parse(line));
    return data === undefined ? undefined : { ...data };
  } catch {
    // Cut short, as any other line may be: whoever reads events says so.
    return undefined;
  }
};

const headerStart = /^\{"time":"[^"]*","event":"part",/;
