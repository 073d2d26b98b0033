import type { EC2Client } from '@aws-sdk/client-ec2';

/**
 * EC2's own time, by the `Date` of its answers: this machine's clock may be wrong. This machine's
 * as long as there was no answer.
 *
 * @returns Tells the time; milliseconds since the Unix epoch.
 */
export const watchServerTime = (client: EC2Client): (() => number) => {
  let ahead = 0;
  client.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      const time = Date.parse(dateOf(answer.response));
      if (!Number.isNaN(time)) ahead = time - Date.now();
      return answer;
    },
    { name: 'spotTuiServerTime', step: 'deserialize', priority: 'low' },
  );
  return () => Date.now() + ahead;
};

const dateOf = (response: unknown): string => {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return '';
  const { headers }: { headers: unknown } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return '';
  return String(headers.date);
};
