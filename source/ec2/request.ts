import { abortable } from './abortable.ts';
import { toEc2Error } from './errors.ts';
import { persevere } from './persevere.ts';
import type { AccountRegion } from './scope.ts';

/** What is being asked of EC2, in words for the error message. */
export type Question = {
  /** Completes "can't …": `find the image ami-1`. */
  readonly doing: string;
  /** The API action, such as `DescribeImages`. */
  readonly action: string;
};

/** Options of the SDK's `send`. */
export type SendOptions = { readonly abortSignal: AbortSignal };

/**
 * Sends one request, again and again where what is in its way passes. Rejects with an `Ec2Error`,
 * or with the signal's reason at once when it aborts, also while the SDK looks for credentials or
 * waits between its retries.
 */
export const ask = <Answer>(
  scope: AccountRegion,
  question: Question,
  signal: AbortSignal,
  send: (options: SendOptions) => Promise<Answer>,
): Promise<Answer> =>
  persevere(scope, signal, async () => {
    const answer = await askOnce(scope, question, signal, send);
    scope.contact.stands();
    scope.account.accepted();
    return answer;
  });

const askOnce = async <Answer>(
  scope: AccountRegion,
  question: Question,
  signal: AbortSignal,
  send: (options: SendOptions) => Promise<Answer>,
): Promise<Answer> => {
  signal.throwIfAborted();
  try {
    return await abortable(send({ abortSignal: signal }), signal);
  } catch (error) {
    signal.throwIfAborted();
    const profile = scope.profile ?? process.env.AWS_PROFILE;
    throw toEc2Error(error, {
      region: scope.region,
      ...question,
      isKnown: scope.contact.hasStood,
      ...(profile === undefined ? {} : { profile }),
    });
  }
};

/** One page of an answer. */
export type Page<Item> = {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
};

/** Asks for page after page and returns all items. */
export const askForPages = async <Item>(
  scope: AccountRegion,
  question: Question,
  signal: AbortSignal,
  send: (token: { NextToken?: string }, options: SendOptions) => Promise<Page<Item>>,
): Promise<Item[]> => {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const page = await ask(scope, question, signal, (options) =>
      send(token === undefined ? {} : { NextToken: token }, options),
    );
    items.push(...page.items);
    token = page.nextToken === '' ? undefined : page.nextToken;
  } while (token !== undefined);
  return items;
};
