import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of an address of loopback on which nothing listens. */
export const freePort = async (address: string): Promise<number> => {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const own = server.address();
  server.close();
  await once(server, 'close');
  if (typeof own !== 'object' || own === null) throw new Error('no port is free');
  return own.port;
};
