import { once } from 'node:events';
import type { Server } from 'node:http';

export type LoopbackServer = {
  readonly url: string;
  /** Cuts what is open, and stops listening. */
  close(): Promise<void>;
};

/** Lets a server listen on a random port of the loopback interface. */
export const listenOnLoopback = async (server: Server): Promise<LoopbackServer> => {
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
