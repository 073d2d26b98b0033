import { Ec2Failure, invalidCombination, invalidValue } from './failure.ts';
import type { Parameters } from './parameters.ts';

/** What an action allows for `MaxResults`. */
export type PageLimits = {
  readonly smallest: number;
  readonly largest: number;
  /** Size where the request names none. */
  readonly usual: number;
};

/** The usual limits. */
export const pageLimits: PageLimits = { smallest: 5, largest: 1000, usual: 1000 };

export type Page<Item> = { readonly items: Item[]; readonly nextToken: string | undefined };

/**
 * The page of the items that a request asks for. The items must come in an order that later
 * additions don't change.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 *
 * @param largestPage pages get no larger than this, as EC2 may do
 */
export const pageOf = <Item>(
  parameters: Parameters,
  items: readonly Item[],
  largestPage: number,
  limits: PageLimits = pageLimits,
): Page<Item> => {
  const asked = parameters.integer('MaxResults');
  if (asked !== undefined && (asked < limits.smallest || asked > limits.largest)) {
    throw invalidValue(
      `Value ( ${asked} ) for parameter maxResults is invalid. Expecting a value between ${limits.smallest} and ${limits.largest}.`,
    );
  }
  const token = parameters.text('NextToken');
  const start = token === undefined || token === '' ? 0 : startOf(token);
  const end = start + Math.min(asked ?? limits.usual, largestPage);
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? tokenOf(end) : undefined,
  };
};

/** @throws Ec2Failure where a request names ids and a page size, which EC2 refuses together */
export const refusePagesOfIds = (
  parameters: Parameters,
  ids: readonly string[],
  set: string,
): void => {
  if (ids.length > 0 && parameters.text('MaxResults') !== undefined) {
    throw invalidCombination(`The parameter ${set} cannot be used with the parameter maxResults`);
  }
};

const tokenOf = (position: number): string =>
  Buffer.from(JSON.stringify({ position })).toString('base64url');

const startOf = (token: string): number => {
  const position = /^\{"position":(\d+)\}$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (position === undefined) {
    throw new Ec2Failure(
      'InvalidPaginationToken',
      'The specified pagination token is not valid or expired.',
    );
  }
  return Number(position);
};
