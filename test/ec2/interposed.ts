import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';

/** An answer of EC2's. */
export type Reply = { readonly status: number; readonly document: string };

/** A call on its way, with what lets it through. */
export type PassingCall = {
  readonly action: string;
  readonly form: Readonly<Record<string, string>>;
  readonly forward: () => Promise<Reply>;
};

/** Decides what becomes of a call; undefined cuts the connection. */
export type Intercept = (call: PassingCall) => Promise<Reply | undefined>;

/** A refusal in EC2's form. */
export const refusal = (code: string, status = 400): Reply => ({
  status,
  document:
    `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code>` +
    `<Message>made up by the test</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});

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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return `http://127.0.0.1:${address.port}`;
};

const forward = async (
  endpoint: string,
  { authorization = '' }: IncomingHttpHeaders,
  body: string,
): Promise<Reply> => {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return { status: answer.status, document: await answer.text() };
};
