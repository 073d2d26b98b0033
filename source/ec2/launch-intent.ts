import { createHash } from 'node:crypto';
import type { LaunchRequest, Lifecycle } from './cloud.ts';
import type { Pool } from './fleet-request.ts';
import type { LaunchGround } from './launch.ts';
import type { LaunchRecord } from './launch-record.ts';

/** What a launch asks EC2 for: all that its request depends on, but for its number. */
export type LaunchIntent = {
  readonly count: number;
  readonly lifecycle: Lifecycle;
  readonly pools: readonly Pool[];
  /** Whose launch it is, see `identityOf`. */
  readonly identity: string;
};

/**
 * The intent as a record keeps it: version of the template, lifecycle, digest of all pools, those
 * that are not asked as bits, and the identity. Short, because a tag's value is.
 */
export const intentDetail = (
  { pools: all, template }: LaunchGround,
  intent: LaunchIntent,
): string => {
  const { identity, lifecycle, pools } = intent;
  const asked = new Set(pools);
  const skipped = bitsOf(all.map((pool) => !asked.has(pool)));
  return [`v${template.version}`, lifecycle, digestOf(all), skipped, identity].join(' ');
};

/** The recorded intent, where the same can be asked for again now. */
export const recordedIntent = (
  { pools: all, template }: LaunchGround,
  { count, detail }: LaunchRecord,
): LaunchIntent | undefined => {
  const [version, lifecycle, digest, skipped = '', identity = ''] = detail.split(' ');
  if (version !== `v${template.version}` || digest !== digestOf(all)) return undefined;
  if (lifecycle !== 'spot' && lifecycle !== 'on-demand') return undefined;
  const isSkipped = readBits(skipped);
  return {
    count,
    lifecycle,
    pools: all.filter((_, index) => !isSkipped(index)),
    identity,
  };
};

/** Whose launch it is, of the first so many of the nodes: short, for tags and records. */
export const identityOf = ({ identity, nodes = [] }: LaunchRequest, count: number): string =>
  shortIdentity(
    [...(identity === undefined ? [] : [identity]), ...nodes.slice(0, count)].join(' '),
  );

/** The identity of a launch as tags and records have it. */
const shortIdentity = (identity: string): string =>
  createHash('sha256').update(identity).digest('hex').slice(0, 12);

const digestOf = (pools: readonly Pool[]): string =>
  createHash('sha256').update(JSON.stringify(pools)).digest('hex').slice(0, 8);

/** Four to a hexadecimal digit. */
const bitsOf = (flags: readonly boolean[]): string => {
  let digits = '';
  for (let index = 0; index < flags.length; index += 4) {
    const four = [0, 1, 2, 3].map((offset) => (flags[index + offset] ? 1 << offset : 0));
    digits += four.reduce((sum, bit) => sum + bit, 0).toString(16);
  }
  return digits;
};

const readBits =
  (digits: string) =>
  (index: number): boolean =>
    (Number.parseInt(digits[Math.floor(index / 4)] ?? '0', 16) & (1 << (index % 4))) !== 0;
