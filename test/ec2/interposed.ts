import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from '../loopback-server.ts';
import { type Reply, replyOf } from './recording-endpoint.ts';

/** A call on its way, with what lets it through. */
export type PassingCall = {
  readonly action: string;
  readonly form: Readonly<Record<string, string>>;
  readonly forward: () => Promise<Reply>;
};

/** Decides what becomes of a call; undefined cuts the connection. */
export type Intercept = (call: PassingCall) => Promise<Reply | undefined>;

/** A refusal in EC2's form. */
export const refusal = (code: string, status = 400): Reply =>
  replyOf('', { code, message: 'made up by the test', status });

/** Stands between a client and an endpoint for as long as the test runs; returns its URL. */
export const interpose = async (
  context: TestContext,
  endpoint: string,
  intercept: Intercept,
): Promise<string> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const form = Object.fromEntries(new URLSearchParams(body));
    const call: PassingCall = {
      action: form.Action ?? '',
      form,
      forward: () => forward(endpoint, request.headers, body),
    };
    // An endpoint that has gone away, at the end of a test, is a cut connection as well.
    const reply = await intercept(call).catch(() => undefined);
    if (reply === undefined) {
      response.destroy();
      return;
    }
    response.writeHead(reply.status, { 'content-type': 'text/xml;charset=UTF-8' });
    response.end(reply.document);
  });
  const { close, url } = await listenOnLoopback(server);
  context.after(close);
  return url;
};

/** Headers that belong to one connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set(['connection', 'content-length', 'expect', 'host', 'transfer-encoding']);

const forward = async (
  endpoint: string,
  headers: IncomingHttpHeaders,
  body: string,
): Promise<Reply> => {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && !hopByHop.has(name) ? [[name, value]] : [],
  );
  const answer = await fetch(endpoint, { method: 'POST', headers: kept, body });
  return { status: answer.status, document: await answer.text() };
};
