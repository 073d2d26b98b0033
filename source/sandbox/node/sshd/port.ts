import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** What a machine does with connections to its SSH port. */
export type PortState =
  /** Nothing answers there yet, or no more. */
  | 'closed'
  /** Connections are handed to the SSH server. */
  | 'open';

/**
 * The port at which a machine is reached by SSH. It is held from the machine's launch to its end, so
 * that nobody else gets it; while it is closed, connections are reset.
 */
export class Port {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: PortState = 'closed';

  constructor(onConnection: (socket: Socket) => void) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      if (this.#state === 'closed') {
        socket.resetAndDestroy();
        return;
      }
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      onConnection(socket);
    });
  }

  /** Takes a free port of the loopback interface; the answer is its number. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the port has no number');
    return address.port;
  }

  open(): void {
    this.#state = 'open';
  }

  /** Refuses new connections. */
  refuse(): void {
    this.#state = 'closed';
  }

  /** Refuses new connections, and cuts those that there are. */
  shut(): void {
    this.refuse();
    for (const socket of this.#sockets) {
      // One that is ending already can't be reset: libuv refuses, and it would never close.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Gives the port back. */
  async close(): Promise<void> {
    this.shut();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
