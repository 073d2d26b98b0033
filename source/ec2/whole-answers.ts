import { buffer } from 'node:stream/consumers';
import type { EC2Client } from '@aws-sdk/client-ec2';

/**
 * Lets only whole answers of EC2 through. To the SDK a hotel's sign-in page is an answer in which
 * everything is missing, and so is the rest of one that was cut off: a fleet that seems to be
 * missing would be launched again.
 */
export const requireWholeAnswers = (client: EC2Client): void => {
  client.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      const { response } = answer;
      if (!isHttpResponse(response)) return answer;
      const { statusCode } = response;
      const body = Buffer.isBuffer(response.body) ? response.body : await buffer(response.body);
      response.body = body;
      const problem = problemOf(body, response.headers['content-type'] ?? '');
      if (problem === undefined) return answer;
      throw Object.assign(new Error(problem.message), {
        // The SDK sends it again where the server is in trouble.
        ...(statusCode >= 500
          ? { $metadata: { httpStatusCode: statusCode } }
          : { code: problem.code }),
      });
    },
    { name: 'spotTuiWholeAnswers', step: 'deserialize', priority: 'low' },
  );
};

type Problem = { readonly message: string; readonly code: string };

/** What EC2 sends is one XML element, an answer or an error. */
const problemOf = (body: Buffer, type: string): Problem | undefined => {
  if (/html/i.test(type)) {
    return {
      message: `the answer is a web page (${type}) and not from EC2`,
      code: 'ECONNINTERCEPTED',
    };
  }
  if (
    /<(\/[\w:]*Response|[\w:]*Response\b[^<>]*\/)>\s*$/.test(body.subarray(-200).toString('latin1'))
  )
    return undefined;
  if (/^\s*</.test(body.subarray(0, 20).toString('latin1'))) {
    return { message: 'the answer was cut off', code: 'ECONNRESET' };
  }
  return { message: 'the answer is not one of EC2', code: 'ECONNRESET' };
};

type HttpResponse = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Buffer> | Buffer;
};

const isHttpResponse = (response: unknown): response is HttpResponse =>
  typeof response === 'object' &&
  response !== null &&
  'statusCode' in response &&
  'headers' in response &&
  'body' in response &&
  typeof response.body === 'object' &&
  response.body !== null &&
  Symbol.asyncIterator in response.body;
