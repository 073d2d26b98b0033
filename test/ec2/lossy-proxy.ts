import { once } from 'node:events';
import { createServer } from 'node:http';

export type LossyProxy = {
  readonly url: string;
  /** Actions whose answer was lost. */
  readonly lost: ReadonlySet<string>;
  close(): Promise<void>;
};

/**
 * Hands requests on to an endpoint, and answers back, but for the first answer to each action that
 * is no mere question about permission: that one is lost with its connection.
 */
export const startLossyProxy = async (target: string): Promise<LossyProxy> => {
  const lost = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const form = new URLSearchParams(body.toString('utf8'));
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(target, {
      method: request.method ?? 'POST',
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ),
      body,
    });
    const action = form.get('Action') ?? '';
    const text = await answer.text();
    if (form.get('DryRun') !== 'true' && answer.ok && !lost.has(action)) {
      lost.add(action);
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'text/xml' });
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    lost,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
