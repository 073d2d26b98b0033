import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from 'ssh2';
import { createAdmission } from '../../source/ssh/admission.ts';
import type { HostKey, HostKeySource, NodeConnection } from '../../source/ssh/connection.ts';
import { type ConnectionOptions, createConnection } from '../../source/ssh/node-connection.ts';
import { ConnectionLostError, SshError } from '../../source/ssh/ssh-error.ts';
import {
  hangUp,
  makeHostKey,
  type OddServer,
  startOddServer,
  startTcpServer,
} from './odd-server.ts';
import { freePort } from './openssh-server.ts';

const { private: privateKey } = makeHostKey();
const connections: NodeConnection[] = [];

after(() => {
  for (const connection of connections) connection.close();
});

const connectionTo = (
  server: { readonly port: number },
  options: Partial<ConnectionOptions> = {},
): NodeConnection => {
  const connection = createConnection({
    target: { host: '127.0.0.1', port: server.port, username: 'ubuntu' },
    identity: { type: 'key', privateKey },
    hostKey: async () => ({ trusted: true }),
    admission: createAdmission(8),
    backoff: () => 20,
    ...options,
  });
  connections.push(connection);
  return connection;
};

const soon = () => AbortSignal.timeout(10_000);

const failure = async (promise: Promise<unknown>): Promise<SshError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert(error instanceof SshError, `expected an SshError, got ${error}`);
  return error;
};

test('an SSH server that answers is told of before its key is asked for, in each attempt', async () => {
  const told: string[] = [];
  const server = await startOddServer({
    onAuthentication: (context, connection, attempt) => {
      if (attempt === 1) hangUp(connection);
      else context.accept();
    },
  });
  const connection = connectionTo(server, {
    onReached: () => told.push('answers'),
    hostKey: async () => {
      told.push('key');
      return { trusted: true };
    },
  });
  await connection.connect(soon());
  assert.deepEqual(told, ['answers', 'key', 'answers', 'key']);
  await server.stop();
});

test('a port that opens and closes is not taken for an SSH server that answers', async () => {
  let count = 0;
  const hungUp = Promise.withResolvers<void>();
  const server = await startTcpServer((socket) => {
    socket.destroy();
    count += 1;
    if (count === 3) hungUp.resolve();
  });
  let told = 0;
  const connection = connectionTo(server, {
    onReached: () => {
      told += 1;
    },
  });
  const abort = new AbortController();
  const connecting = connection.connect(AbortSignal.any([abort.signal, soon()]));
  await hungUp.promise;
  abort.abort(new Error('seen enough'));
  await assert.rejects(connecting, /seen enough/);
  assert.equal(told, 0);
  await server.stop();
});

test('a closed port is waited for, and says so once', async () => {
  const port = await freePort();
  const reasons: string[] = [];
  const triedOften = Promise.withResolvers<void>();
  let tries = 0;
  const backoff = () => {
    tries += 1;
    if (tries === 4) triedOften.resolve();
    return 20;
  };
  const connecting = connectionTo({ port }, { backoff }).connect(soon(), (reason) =>
    reasons.push(reason),
  );

  await triedOften.promise;
  const server = await startOddServer({ port });
  await connecting;

  assert.deepEqual(reasons, ['connection refused']);
  await server.stop();
});

test('a connection that is closed or reset before the handshake is waited for', async () => {
  let count = 0;
  const target = await startOddServer();
  const front = await startTcpServer((socket) => {
    count += 1;
    if (count === 1) socket.end();
    else if (count === 2) socket.resetAndDestroy();
    else if (count === 3) socket.end('Not allowed at this time\r\n');
    else if (count === 4) socket.destroy();
    else controller.abort(new Error('seen enough'));
  });
  const reasons: string[] = [];
  const controller = new AbortController();
  const connecting = connectionTo(front).connect(controller.signal, (reason) => {
    reasons.push(reason);
  });

  await assert.rejects(connecting, /seen enough/);
  assert(reasons.includes('closed before login'));
  assert(reasons.includes('connection reset'));
  await front.stop();
  await target.stop();
});

test('a machine that is booting turns users away with a banner, and lets them in later', async () => {
  const server = await startOddServer({
    banner: '"System is booting up. Unprivileged users are not permitted to log in yet."',
    onAuthentication: (context, connection, attempt) => {
      if (attempt < 3) hangUp(connection);
      else context.accept();
    },
  });
  const reasons: string[] = [];
  await connectionTo(server).connect(soon(), (reason) => reasons.push(reason));

  assert.equal(server.connections(), 3);
  assert.equal(reasons.length, 1);
  assert.match(reasons[0] ?? '', /^closed before login: "System is booting up\./);
  await server.stop();
});

test('a port that accepts and says nothing is given up after the handshake timeout', async () => {
  const server = await startTcpServer(() => undefined);
  const reasons: string[] = [];
  const connection = connectionTo(server, { handshakeTimeout: 50 });
  const signal = AbortSignal.timeout(200);

  await assert.rejects(
    connection.connect(signal, (reason) => reasons.push(reason)),
    { name: 'TimeoutError' },
  );
  assert.deepEqual(reasons, ['connected, but no SSH answer']);
  await server.stop();
});

test('something that is no SSH server fails at once and says what to check', async () => {
  const server = await startTcpServer((socket) => socket.end('SSH-1.5-router\r\n'));
  const error = await failure(connectionTo(server).connect(soon()));

  assert.equal(error.kind, 'protocol');
  assert.match(error.message, new RegExp(`127\\.0\\.0\\.1 port ${server.port} does not speak SSH`));
  await server.stop();
});

test('a key that is refused at first, as before cloud-init has installed it, is waited for', async () => {
  const server = await startOddServer({
    onAuthentication: (context, _connection, attempt) => {
      if (attempt < 3) context.reject(['publickey']);
      else context.accept();
    },
  });
  const reasons: string[] = [];
  await connectionTo(server).connect(soon(), (reason) => reasons.push(reason));

  assert.deepEqual(reasons, ['the key is not accepted for ubuntu']);
  await server.stop();
});

test('a key that stays refused beyond the grace time is a failure with a hint', async () => {
  const server = await startOddServer({
    onAuthentication: (context) => context.reject(['publickey']),
  });
  const error = await failure(connectionTo(server, { authenticationGrace: 100 }).connect(soon()));

  assert.equal(error.kind, 'authentication');
  assert.match(error.message, /ubuntu@127\.0\.0\.1:\d+ does not accept the key/);
  assert.match(error.hint, /username/);
  assert(server.connections() > 1, 'it was tried again within the grace time');
  await server.stop();
});

test('without grace time a refused key fails at the first attempt', async () => {
  const server = await startOddServer({
    onAuthentication: (context) => context.reject(['publickey']),
  });
  const error = await failure(connectionTo(server, { authenticationGrace: 0 }).connect(soon()));

  assert.equal(error.kind, 'authentication');
  assert.equal(server.connections(), 1);
  await server.stop();
});

const attemptsToLogIn = async (
  hostKey: HostKeySource,
  options: Partial<ConnectionOptions> = {},
): Promise<{ server: OddServer; logins: () => number; connection: NodeConnection }> => {
  let logins = 0;
  const server = await startOddServer({
    onAuthentication: (context) => {
      logins += 1;
      context.accept();
    },
  });
  const connection = connectionTo(server, { hostKey, ...options });
  return { server, logins: () => logins, connection };
};

test('no round trip is spent on asking what the node would accept', async () => {
  const methods: string[] = [];
  const server = await startOddServer({
    onAuthentication: (context) => {
      methods.push(context.method);
      context.accept();
    },
  });
  await connectionTo(server).connect(soon());

  // Whether the key will do, then the proof of having it.
  assert.deepEqual(methods, ['publickey', 'publickey']);
  await server.stop();
});

test('an untrusted host key fails at once, before anything that proves who we are', async () => {
  const { server, logins, connection } = await attemptsToLogIn(async () => ({
    trusted: false,
    reason: 'it is not the one that the console shows',
    hint: 'compare them',
  }));
  const error = await failure(connection.connect(soon()));

  assert.equal(error.kind, 'host-key');
  assert.match(error.message, /is not trusted: it is not the one that the console shows$/);
  assert.equal(error.hint, 'compare them');
  assert.equal(logins(), 0);
  assert.equal(server.connections(), 1);
  await server.stop();
});

test('nothing goes on before the source has decided, however long that takes', async () => {
  const { server, logins, connection } = await attemptsToLogIn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(logins(), 0);
    return { trusted: false, reason: 'it took a while to tell', hint: 'none' };
  });
  const error = await failure(connection.connect(soon()));

  assert.match(error.message, /it took a while to tell/);
  assert.equal(logins(), 0);
  await server.stop();
});

test('a host key source that fails, or answers nonsense, trusts nobody', async () => {
  const sources: HostKeySource[] = [
    () => Promise.reject(Object.assign(new Error('no console'), { hint: 'wait for it' })),
    () => {
      throw new Error('no console');
    },
    // What a source without types might return.
    async () => Object.create({}),
  ];
  for (const source of sources) {
    const { server, logins, connection } = await attemptsToLogIn(source);
    const error = await failure(connection.connect(soon()));
    assert.equal(error.kind, 'host-key');
    assert.equal(logins(), 0);
    await server.stop();
  }
});

test('the host key is shown to its source as OpenSSH prints it', async () => {
  const offered: HostKey[] = [];
  const { server, connection } = await attemptsToLogIn(async (key) => {
    offered.push(key);
    return { trusted: true };
  });
  await connection.connect(soon());

  assert.equal(offered.length, 1);
  assert.equal(offered[0]?.type, 'ssh-ed25519');
  assert.equal(offered[0]?.line, server.hostKey);
  assert.match(offered[0]?.fingerprint ?? '', /^SHA256:[A-Za-z0-9+/]{43}$/);
  await server.stop();
});

test('a host key source may take longer than the handshake, and that is reported', async () => {
  const reasons: string[] = [];
  const { server, connection } = await attemptsToLogIn(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { trusted: true };
    },
    { handshakeTimeout: 200 },
  );
  await connection.connect(soon(), (reason) => reasons.push(reason));

  assert.deepEqual(reasons, ["checking the node's host key"]);
  assert.equal(server.connections(), 1);
  await server.stop();
});

test('a host key source is told when its connection is gone, and is asked again by the next', async () => {
  const aborted: boolean[] = [];
  const { server, connection } = await attemptsToLogIn(async (_key, signal) => {
    if (aborted.length > 0) return { trusted: true };
    setTimeout(() => void server.stop().then(restart), 50);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    aborted.push(signal.aborted);
    throw signal.reason;
  });
  let second: OddServer | undefined;
  const restart = async () => {
    second = await startOddServer({ port: server.port });
  };
  await connection.connect(soon());

  assert.deepEqual(aborted, [true]);
  await second?.stop();
});

test('aborting ends the wait at once, whatever it is waiting for', async () => {
  let waits = Promise.withResolvers<void>();
  const silent = await startTcpServer(() => waits.resolve());
  const server = await startOddServer();
  const neverComes = () => {
    waits.resolve();
    return new Promise<never>(() => undefined);
  };
  const oneMinute = () => {
    waits.resolve();
    return 60_000;
  };
  const cases: NodeConnection[] = [
    connectionTo(silent),
    connectionTo({ port: await freePort() }, { backoff: oneMinute }),
    connectionTo(server, { hostKey: neverComes }),
    connectionTo(server, { admission: { enter: neverComes } }),
  ];

  for (const [index, connection] of cases.entries()) {
    waits = Promise.withResolvers<void>();
    const controller = new AbortController();
    let ended: unknown;
    void connection.connect(controller.signal).catch((error: unknown) => {
      ended = error;
    });
    await waits.promise;
    controller.abort(new Error('not any more'));
    // At once: nothing is waited for, not even for the machine at the other end.
    await nextTurn();
    assert.match(String(ended), /not any more/, `case ${index}`);
  }
  await assert.rejects(
    connectionTo(server).connect(AbortSignal.abort(new Error('too late'))),
    /too late/,
  );
  await silent.stop();
  await server.stop();
});

test('calls share one connection, and one that gives up does not take the others along', async () => {
  const port = await freePort();
  const connection = connectionTo({ port });
  const impatient = connection.connect(AbortSignal.timeout(50));
  const patient = connection.connect(soon());
  const third = connection.connect(soon());

  await assert.rejects(impatient, { name: 'TimeoutError' });
  const server = await startOddServer({ port });
  await Promise.all([patient, third]);

  assert.equal(server.connections(), 1);
  await server.stop();
});

test('closing ends the wait for a connection, and later calls', async () => {
  const connection = connectionTo({ port: await freePort() });
  const connecting = connection.connect(soon());
  setTimeout(() => connection.close(), 50);

  await assert.rejects(connecting, ConnectionLostError);
  await assert.rejects(connection.connect(soon()), /was closed/);
});

test('hung nodes do not keep the handshakes of others waiting for long', async () => {
  const admission = createAdmission(2);
  const silent = await startTcpServer(() => undefined);
  const server = await startOddServer();
  const stop = new AbortController();
  const hung = [silent, silent, silent].map((target) =>
    connectionTo(target, { admission }).connect(stop.signal),
  );
  while (silent.sockets.size < hung.length) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const start = performance.now();
  await connectionTo(server, { admission }).connect(soon());

  assert(performance.now() - start < 5_000, 'it did not wait for their handshake timeout');
  stop.abort(new Error('done'));
  await Promise.allSettled(hung);
  await server.stop();
  await silent.stop();
});

test('a server may change its session keys, but not its host key, on a standing connection', async () => {
  const connectionsOfServer: Connection[] = [];
  const server = await startOddServer({
    hostKey: makeHostKey(),
    onConnection: (connection) => connectionsOfServer.push(connection),
    onCommand: (_command, channel) => {
      channel.exit(0);
      channel.end();
    },
  });
  let asked = 0;
  const connection = connectionTo(server, {
    hostKey: async () => {
      asked += 1;
      return { trusted: true };
    },
  });
  await connection.connect(soon());
  await new Promise<void>((resolve) => {
    connectionsOfServer[0]?.rekey(() => resolve());
  });
  const { exitCode } = await connection.exec('true', { signal: soon() });

  assert.equal(exitCode, 0);
  assert.equal(asked, 1);
  await server.stop();
});
