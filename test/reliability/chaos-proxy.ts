import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';

import type { Socket } from 'node:net';

/** What the proxy knows of a request to EC2. */
export type SeenRequest = {
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Milliseconds since the Unix epoch, as the request was signed. */
  readonly signedAt: number;
  /** Counts the requests of a route from 0. */
  readonly nth: number;
};

/** What may be done to a request on its way to EC2, or to the answer on its way back. */
export type Disruption =
  /** The connection is reset, before EC2 got the request or after it did what it says. */
  | { readonly type: 'drop'; readonly when: 'before' | 'after' }
  /** Half of the answer comes, then the connection is reset. */
  | { readonly type: 'truncate' }
  /** A server in between has trouble of its own. */
  | { readonly type: 'status'; readonly status: number; readonly when: 'before' | 'after' }
  /** EC2 refuses. */
  | {
      readonly type: 'refuse';
      readonly code: string;
      readonly message: string;
      readonly status: number;
    }
  | { readonly type: 'delay'; readonly milliseconds: number }
  /** The connection stays and no answer comes. */
  | { readonly type: 'half-open'; readonly when: 'before' | 'after' };

/** Where the requests of an access key go, and what happens to them on the way. */
export type Route = {
  /** URL of the endpoint behind the proxy. */
  readonly target: string;
  readonly disrupt: (request: SeenRequest) => Disruption | undefined;
  /** Called for each request, after EC2 got it. */
  readonly onForwarded?: (request: SeenRequest) => void;
  /** The time that answers name; default: the machine's. */
  readonly clock?: () => number;
};

type OpenRoute = Route & { count: number; readonly sockets: Set<Socket> };

/** Stands in front of many endpoints, and behaves like the worst of networks where it is told to. */
export class ChaosProxy {
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #routes = new Map<string, OpenRoute>();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 120_000;
  }

  static async start(): Promise<ChaosProxy> {
    const proxy = new ChaosProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Requests of an access key, and of all that begin with it and a dash, take this way. */
  open(accessKeyId: string, route: Route): void {
    this.#routes.set(accessKeyId, { ...route, count: 0, sockets: new Set() });
  }

  shut(accessKeyId: string): void {
    // Programs that end take their connections along; those of this process would stay.
    for (const socket of this.#routes.get(accessKeyId)?.sockets ?? []) socket.destroy();
    this.#routes.delete(accessKeyId);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const authorization = request.headers.authorization ?? '';
    const [, accessKeyId = '', region = ''] =
      /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
    const route = this.#routes.get(accessKeyId.split('-')[0] ?? '');
    if (route === undefined) {
      response.destroy();
      return;
    }
    route.sockets.add(request.socket);
    const seen: SeenRequest = {
      action: new URLSearchParams(body.toString()).get('Action') ?? '',
      region,
      accessKeyId,
      signedAt: signingTime(String(request.headers['x-amz-date'] ?? '')),
      nth: route.count,
    };
    route.count += 1;
    await this.#treat(route, seen, { request, body, response });
  }

  async #treat(
    route: Route,
    seen: SeenRequest,
    exchange: {
      readonly request: IncomingMessage;
      readonly body: Buffer;
      readonly response: ServerResponse;
    },
  ): Promise<void> {
    const { response } = exchange;
    const disruption = route.disrupt(seen);
    const isLost = disruption !== undefined && 'when' in disruption && disruption.when === 'before';
    if (disruption?.type === 'delay') {
      await new Promise((resolve) => setTimeout(resolve, disruption.milliseconds));
    }
    const date = new Date(route.clock?.() ?? Date.now()).toUTCString();
    const answer =
      isLost || disruption?.type === 'refuse'
        ? undefined
        : await this.#forward(route.target, exchange.request, exchange.body);
    if (answer !== undefined) route.onForwarded?.(seen);
    switch (disruption?.type) {
      case 'drop':
        response.socket?.resetAndDestroy();
        return;
      case 'half-open':
        return;
      case 'status':
        response.writeHead(disruption.status, { 'content-type': 'text/html', date });
        response.end(`<html><body><h1>${disruption.status}</h1></body></html>`);
        return;
      case 'refuse':
        response.writeHead(disruption.status, { 'content-type': 'text/xml;charset=UTF-8', date });
        response.end(refusal(disruption.code, disruption.message));
        return;
      case 'truncate':
        response.writeHead(answer?.status ?? 200, {
          'content-type': 'text/xml;charset=UTF-8',
          'content-length': answer?.body.length ?? 0,
        });
        response.write(answer?.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
          response.socket?.destroySoon(),
        );
        return;
      case 'delay':
      case undefined:
        response.writeHead(answer?.status ?? 502, {
          'content-type': 'text/xml;charset=UTF-8',
          'content-length': answer?.body.length ?? 0,
          date,
        });
        response.end(answer?.body);
        return;
      default:
        disruption satisfies undefined;
    }
  }

  async #forward(
    target: string,
    { headers, method = 'POST', url = '/' }: IncomingMessage,
    body: Buffer,
  ): Promise<{ readonly status: number; readonly body: Buffer }> {
    const forwarded = sendRequest(`${target}${url}`, { method, headers, agent: this.#agent });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, body: await read(answer) };
  }
}

const read = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** `20250101T120000Z` */
const signingTime = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const refusal = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code>` +
  `<Message>${message}</Message></Error></Errors><RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>`;
