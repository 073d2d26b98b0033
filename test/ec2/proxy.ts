import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Answer, send } from './recording-endpoint.ts';

export type Proxy = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Stands in front of an endpoint and answers some of the actions itself; everything else is passed
 * on as it is.
 *
 * @param answer What to say to an action; undefined for what the endpoint says.
 */
export const startProxy = async (
  endpoint: string,
  answer: (action: string) => Answer | undefined,
): Promise<Proxy> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const action = new URLSearchParams(body.toString('utf8')).get('Action') ?? '';
    const own = answer(action);
    if (own !== undefined) {
      send(response, action, own);
      return;
    }
    try {
      const passed = await fetch(endpoint + (request.url ?? '/'), {
        method: request.method ?? 'POST',
        headers: Object.entries(request.headers).flatMap(([name, value]) =>
          typeof value === 'string' && !hopByHop.has(name)
            ? [[name, value] as [string, string]]
            : [],
        ),
        body,
      });
      response.statusCode = passed.status;
      response.setHeader('content-type', passed.headers.get('content-type') ?? 'text/xml');
      response.end(Buffer.from(await passed.arrayBuffer()));
    } catch {
      // The endpoint has gone away: so does who stands in front of it.
      response.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Headers that belong to one connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set(['connection', 'content-length', 'expect', 'host', 'transfer-encoding']);
