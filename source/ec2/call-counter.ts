import type { EC2Client } from '@aws-sdk/client-ec2';

/** Counts requests to EC2, one for each that goes out: pages and retries included. */
export type ApiCallCounter = {
  readonly total: number;
  /** Requests by action, such as `DescribeInstances`. */
  readonly byAction: ReadonlyMap<string, number>;
  add(action: string): void;
};

/** One counter serves all regions of a command. */
export const createApiCallCounter = (): ApiCallCounter => {
  const byAction = new Map<string, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    byAction,
    add(action) {
      total += 1;
      byAction.set(action, (byAction.get(action) ?? 0) + 1);
    },
  };
};

/** Counts what the client sends from now on, below the SDK's own retries. */
export const countCalls = (client: EC2Client, counter: ApiCallCounter): void => {
  client.middlewareStack.add(
    (next, context) => (request) => {
      counter.add((context.commandName ?? 'Unknown').replace(/Command$/, ''));
      return next(request);
    },
    { name: 'spotTuiCallCounter', step: 'deserialize', priority: 'low' },
  );
};
