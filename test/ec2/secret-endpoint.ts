import { createServer, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from '../loopback-server.ts';

/** A request as the services that speak JSON get it. */
export type JsonRequest = {
  /** Such as `AmazonSSM.GetParameter`. */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The region that it was signed for. */
  readonly region: string;
};

/** What comes back: an object, a refusal, or bytes that are no JSON. */
export type JsonAnswer =
  | { readonly result: unknown }
  | { readonly code: string; readonly message?: string; readonly status?: number }
  | { readonly raw: string };

/**
 * Speaks AWS' JSON protocol on a random port of the loopback interface, and keeps every request.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const startSecretEndpoint = async (
  context: Pick<TestContext, 'after'>,
  answer: (request: JsonRequest, nth: number) => JsonAnswer,
): Promise<{ readonly url: string; readonly requests: readonly JsonRequest[] }> => {
  const requests: JsonRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, region = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const seen: JsonRequest = {
      target: String(request.headers['x-amz-target']),
      // EC2 is asked in another form, and refused.
      body: request.headers['x-amz-target'] ? JSON.parse(Buffer.concat(chunks).toString()) : {},
      region,
    };
    requests.push(seen);
    send(response, answer(seen, requests.length - 1));
  });
  const { close, url } = await listenOnLoopback(server);
  context.after(close);
  return { url, requests };
};

const send = (response: ServerResponse, answer: JsonAnswer): void => {
  const [status, text] =
    'raw' in answer
      ? [200, answer.raw]
      : 'result' in answer
        ? [200, JSON.stringify(answer.result)]
        : [answer.status ?? 400, JSON.stringify({ __type: answer.code, message: answer.message })];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(text);
};
