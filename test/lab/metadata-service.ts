import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The instance metadata service as one machine sees it, version 2 only, as far as it tells of the
 * machine's end.
 */
export class MetadataService {
  readonly #server: Server;
  #instanceAction: string | undefined;

  private constructor() {
    this.#server = createServer(({ headers, method, url }, response) => {
      if (method === 'PUT' && url === '/latest/api/token') {
        const lifetime = headers['x-aws-ec2-metadata-token-ttl-seconds'];
        response.writeHead(lifetime === undefined ? 400 : 200).end('a-token');
      } else if (headers['x-aws-ec2-metadata-token'] !== 'a-token') {
        response.writeHead(401).end();
      } else {
        const isKnown =
          url === '/latest/meta-data/spot/instance-action' && this.#instanceAction !== undefined;
        response.writeHead(isKnown ? 200 : 404).end(isKnown ? this.#instanceAction : undefined);
      }
    });
  }

  /** Listens on an address of the host that the machine reaches. */
  static async start(address: string): Promise<MetadataService> {
    const service = new MetadataService();
    service.#server.listen(0, address);
    await once(service.#server, 'listening');
    return service;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** From now on the machine is told that it is going to be terminated. */
  announce(time: Date): void {
    this.#instanceAction = JSON.stringify({ action: 'terminate', time: time.toISOString() });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
