import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectSocket, createServer, type Server, Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type Connection,
  type ServerChannel,
  type Session as ServerSession,
} from 'ssh2';
import { readPrivateKey } from '../../source/ssh/private-key.ts';

export type OddServer = {
  readonly port: number;
  /** As in a `.pub` file, without comment. */
  readonly hostKey: string;
  /** Connections so far. */
  connections(): number;
  stop(): Promise<void>;
};

export type OddServerOptions = {
  readonly port?: number;
  readonly hostKey?: HostKeyPair;
  readonly banner?: string;
  /** Default: lets everybody in. `attempt` counts the server's connections from 1. */
  readonly onAuthentication?: (
    context: AuthContext,
    connection: Connection,
    attempt: number,
  ) => void;
  readonly onCommand?: (command: string, channel: ServerChannel, session: ServerSession) => void;
  readonly onConnection?: (connection: Connection) => void;
  /** What ssh2 has to say about each message. */
  readonly onProtocol?: (text: string) => void;
};

export type HostKeyPair = { readonly private: string; readonly public: string };

/** Not by ssh2's own generator, of whose Ed25519 keys one in 270 can't be read. */
export const makeHostKey = (): HostKeyPair => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const reading = readPrivateKey(Buffer.from(privateKey));
  assert(reading.type === 'key');
  return { private: reading.privateKey, public: reading.publicKey };
};

/** An SSH server in this process, for what OpenSSH can't be made to do. */
export const startOddServer = async (options: OddServerOptions = {}): Promise<OddServer> => {
  const hostKey = options.hostKey ?? makeHostKey();
  const open = new Set<Connection>();
  let count = 0;

  const server = new ssh2.Server(
    {
      hostKeys: [hostKey.private],
      ...(options.onProtocol === undefined ? {} : { debug: options.onProtocol }),
      ...(options.banner === undefined ? {} : { banner: options.banner }),
    },
    (connection) => {
      count += 1;
      const attempt = count;
      open.add(connection);
      socketOf(connection)?.unref();
      connection.on('error', () => undefined);
      connection.on('close', () => open.delete(connection));
      options.onConnection?.(connection);
      connection.on('authentication', (context) => {
        if (options.onAuthentication) options.onAuthentication(context, connection, attempt);
        else context.accept();
      });
      connection.on('session', (acceptSession) => {
        const session = acceptSession();
        session.on('exec', (acceptCommand, _reject, { command }) => {
          options.onCommand?.(command, acceptCommand(), session);
        });
      });
    },
  );
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  // A test that failed before it stopped its server must not keep the process.
  server.unref();

  return {
    port: portOf(server),
    hostKey: hostKey.public,
    connections: () => count,
    stop: async () => {
      for (const connection of open) hangUp(connection);
      server.close();
      await once(server, 'close');
    },
  };
};

/** Ends the connection without a word, as a machine that goes away does. */
export const hangUp = (connection: Connection): void => {
  socketOf(connection)?.destroy();
};

const socketOf = (connection: Connection): Socket | undefined => {
  const socket: unknown = Reflect.get(connection, '_sock');
  return socket instanceof Socket ? socket : undefined;
};

export type TcpServer = {
  readonly port: number;
  readonly sockets: Set<Socket>;
  stop(): Promise<void>;
};

/** A server that does with each connection what it is told. */
export const startTcpServer = async (onSocket: (socket: Socket) => void): Promise<TcpServer> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.unref());
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();

  return {
    port: portOf(server),
    sockets,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

export type FlakyProxy = TcpServer & {
  /** Forwards nothing more of the connections that stand, but keeps them open. */
  freeze(): void;
  /** Resets the connections that stand. */
  cut(): void;
};

/** Stands between client and server, and can misbehave like a network. */
export const startFlakyProxy = async (port: number): Promise<FlakyProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = await startTcpServer((near) => {
    const far = connectSocket(port, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => {
      far.destroy();
      pairs.delete(pair);
    });
  });

  return {
    ...server,
    freeze: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    cut: () => {
      for (const [near] of pairs) near.resetAndDestroy();
    },
    stop: async () => {
      for (const [, far] of pairs) far.destroy();
      await server.stop();
    },
  };
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
};
