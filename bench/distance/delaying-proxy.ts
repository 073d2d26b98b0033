import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import type { Target } from '../targets/target.ts';
import { CausalDepth } from './causal-depth.ts';

/** Makes a target seem far away. */
export type DelayingProxy = {
  /** Where the target answers from afar. */
  readonly target: Target;
  /** Round trips that were made since it was asked last. */
  readonly takeRoundTrips: () => number;
  readonly close: () => Promise<void>;
};

/**
 * Forwards connections to a target, each direction later by half a round trip. Opening a connection
 * takes a round trip, too: TCP's own, which loopback answers at once.
 *
 * @param address Of loopback, to listen on.
 * @param roundTrip Milliseconds.
 */
export const startDelayingProxy = async (
  target: Target,
  address: string,
  roundTrip: number,
): Promise<DelayingProxy> => {
  let depth = new CausalDepth();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const here = depth;
    const agreed = here.connect();
    const remote = new Socket({ allowHalfOpen: true });
    for (const socket of [client, remote]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // Its end is passed on; why it came makes no difference to how far away it is.
      socket.on('error', () => {
        client.destroy();
        remote.destroy();
      });
    }
    const there = delayLine(roundTrip / 2, performance.now() + roundTrip);
    const back = delayLine(roundTrip / 2, 0);
    there(() => {
      here.deliverToServer(agreed);
      remote.setNoDelay().connect(target.port, target.address);
    });
    client.on('data', (chunk) => {
      const sent = here.sentByClient();
      there(() => {
        here.deliverToServer(sent);
        remote.write(chunk);
      });
    });
    client.on('end', () => there(() => remote.end()));
    remote.on('data', (chunk) => {
      const sent = here.sentByServer();
      back(() => {
        here.deliverToClient(sent);
        client.write(chunk);
      });
    });
    remote.on('end', () => back(() => client.end()));
  });
  server.listen(0, address);
  await once(server, 'listening');
  const own = server.address();
  if (typeof own !== 'object' || own === null) throw new Error('the proxy has no port');
  return {
    target: { address, port: own.port },
    takeRoundTrips: () => {
      const { roundTrips } = depth;
      depth = new CausalDepth();
      return roundTrips;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};

/**
 * Does things in the order in which they were given to it, each so many milliseconds later.
 *
 * @param notBefore Nothing sets out before that time.
 */
const delayLine = (milliseconds: number, notBefore: number): ((action: () => void) => void) => {
  const queue: Array<() => void> = [];
  return (action) => {
    queue.push(action);
    const due = Math.max(performance.now(), notBefore) + milliseconds;
    setTimeout(() => queue.shift()?.(), Math.max(due - performance.now(), 0));
  };
};
