import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A bucket over HTTP, in which every object has the name that its content gives it. */
export class ObjectStore {
  /** Requests so far, such as `PUT`. */
  readonly requests: string[] = [];
  /** How many of the next answers are damaged on their way. */
  damaged = 0;
  readonly #objects = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Promise<void>>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const { method = '', url = '' } = request;
      this.requests.push(method);
      if (method === 'PUT') this.#objects.set(url, await buffer(request));
      const content = this.#objects.get(url);
      if (content === undefined) response.writeHead(404);
      const isDamaged = method === 'GET' && this.damaged > 0;
      if (isDamaged) this.damaged -= 1;
      response.end(isDamaged ? content?.subarray(0, content.length / 2) : content);
    });
  }

  static async open(): Promise<ObjectStore> {
    const store = new ObjectStore();
    await new Promise<void>((resolve) => {
      store.#server.listen(0, '127.0.0.1', resolve);
    });
    return store;
  }

  /** Stores content unless it is there; gives the address that it has then. */
  async put(content: Buffer): Promise<string> {
    const digest = createHash('sha256').update(content).digest('hex');
    const { port } = this.#server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${digest}`;
    const upload = this.#uploads.get(digest) ?? this.#upload(url, content);
    this.#uploads.set(digest, upload);
    await upload;
    return url;
  }

  async #upload(url: string, content: Buffer): Promise<void> {
    const { status } = await fetch(url, { method: 'PUT', body: new Uint8Array(content) });
    if (status !== 200) throw new Error(`the store answered ${status}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
