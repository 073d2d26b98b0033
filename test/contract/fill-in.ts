import { once } from 'node:events';
import { createServer } from 'node:http';

/** The content of an answer, as XML. */
export type FillIns = Readonly<Record<string, string>>;

export type FilledIn = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Puts answers in front of an endpoint for actions that it lacks, so that the rest can be tried at
 * all; everything else is passed on as it is.
 */
export const fillIn = async (endpoint: string, answers: FillIns): Promise<FilledIn> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const action = new URLSearchParams(body.toString('utf8')).get('Action') ?? '';
    const own = answers[action];
    if (own !== undefined) {
      response.setHeader('content-type', 'text/xml;charset=UTF-8');
      response.end(
        `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
          `<requestId>fill-in</requestId>${own}</${action}Response>`,
      );
      return;
    }
    const passed = await fetch(endpoint + (request.url ?? '/'), {
      method: request.method ?? 'POST',
      headers: [...Object.entries(request.headers)].flatMap(([name, value]) =>
        typeof value === 'string' && !hopByHop.has(name) ? [[name, value] as [string, string]] : [],
      ),
      body,
    });
    response.statusCode = passed.status;
    response.setHeader('content-type', passed.headers.get('content-type') ?? 'text/xml');
    response.end(Buffer.from(await passed.arrayBuffer()));
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
