import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createAdmission } from '../../source/ssh/admission.ts';
import type { NodeConnection } from '../../source/ssh/connection.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';
import { SshError } from '../../source/ssh/ssh-error.ts';
import {
  makeHostKey,
  type OddServer,
  type OddServerOptions,
  startOddServer,
} from './odd-server.ts';
import {
  noOpenSsh,
  type OpenSshServer,
  removeServerFiles,
  startOpenSshServer,
} from './openssh-server.ts';

const soon = () => AbortSignal.timeout(20_000);

describe('commands on OpenSSH', { skip: noOpenSsh }, () => {
  let server: OpenSshServer;
  let connection: NodeConnection;

  before(async () => {
    server = await startOpenSshServer();
    connection = createConnection({
      target: { host: '127.0.0.1', port: server.port, username: server.username },
      identity: { type: 'key', privateKey: server.privateKey },
      hostKey: async ({ line }) =>
        line === server.hostKey
          ? { trusted: true }
          : { trusted: false, reason: 'another key', hint: 'none' },
      admission: createAdmission(8),
    });
    await connection.connect(soon());
  });

  after(async () => {
    connection.close();
    await server.stop();
    await removeServerFiles(server);
  });

  test('output, errors and exit status come apart', async () => {
    assert.deepEqual(await connection.exec('echo out; echo err >&2; exit 3', { signal: soon() }), {
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('a command that a signal ended says which', async () => {
    const result = await connection.exec('kill -KILL $$', { signal: soon() });
    assert.deepEqual(result, { exitCode: null, exitSignal: 'KILL', stdout: '', stderr: '' });
  });

  test('a command without input reads its end at once', async () => {
    const { stdout } = await connection.exec('cat; echo over', { signal: soon() });
    assert.equal(stdout, 'over\n');
  });

  test('input arrives whole, and progress ends with all of it', async () => {
    const stdin = randomBytes(5_000_000);
    const progress: number[] = [];
    const { stdout } = await connection.exec('sha256sum', {
      stdin,
      signal: soon(),
      onProgress: (done, total) => {
        assert.equal(total, stdin.length);
        progress.push(done);
      },
    });

    assert.equal(stdout, `${createHash('sha256').update(stdin).digest('hex')}  -\n`);
    assert.equal(progress[0], 0);
    assert.equal(progress.at(-1), stdin.length);
    assert.deepEqual(
      progress,
      [...new Set(progress)].sort((a, b) => a - b),
    );
  });

  test('progress counts what the command has read, not what was sent', async () => {
    let last = 0;
    const result = await connection.exec('head -c 300000 >/dev/null; sleep 0.5; exit 20', {
      stdin: Buffer.alloc(1_500_000),
      signal: soon(),
      onProgress: (done) => {
        last = done;
      },
    });

    assert.equal(result.exitCode, 20);
    assert(last > 0, 'something was read');
    // 300,000 and what fits into the pipe between sshd and the command.
    assert(last < 500_000, `${last} bytes were counted`);
  });

  test('lines come as they are written, from both streams, clean', async () => {
    const lines: string[] = [];
    const times: number[] = [];
    await connection.exec(
      String.raw`printf 'one\033[31m red\033[0m\n'; echo err >&2; sleep 0.3; printf 'no newline'`,
      {
        signal: soon(),
        onLine: (line, stream) => {
          lines.push(`${stream}: ${line}`);
          times.push(performance.now());
        },
      },
    );

    assert.deepEqual(lines.toSorted(), ['stderr: err', 'stdout: no newline', 'stdout: one red']);
    assert.equal(lines.at(-1), 'stdout: no newline');
    assert((times.at(-1) ?? 0) - (times[0] ?? 0) > 200, 'the first did not wait for the last');
  });

  test('of much output the newest is kept', async () => {
    const { stdout, stderr } = await connection.exec('seq 1 200000; seq 1 200000 >&2', {
      signal: soon(),
      maximumOutput: 70,
    });
    assert.equal(stdout.length, 70);
    assert(stdout.endsWith('199999\n200000\n'));
    assert.equal(stderr, stdout);
  });

  test('something left in the background does not keep the caller waiting', async () => {
    const start = performance.now();
    const result = await connection.exec('sleep 8 & echo started', { signal: soon() });

    assert.deepEqual(result, { exitCode: 0, stdout: 'started\n', stderr: '' });
    assert(performance.now() - start < 7_000);
  });

  test('aborting rejects at once with the reason, and the connection goes on', async () => {
    const controller = new AbortController();
    const running = connection.exec('echo begun; exec sleep 20', {
      signal: controller.signal,
      onLine: () => controller.abort(new Error('changed my mind')),
    });

    await assert.rejects(running, /changed my mind/);
    const { exitCode } = await connection.exec('true', { signal: soon() });
    assert.equal(exitCode, 0);
  });

  test('what a callback throws is the caller’s, and the connection goes on', async () => {
    await assert.rejects(
      connection.exec('echo line', {
        signal: soon(),
        onLine: () => {
          throw new Error('in the callback');
        },
      }),
      { name: 'Error', message: 'in the callback' },
    );
    assert.equal((await connection.exec('true', { signal: soon() })).exitCode, 0);
  });
});

describe('commands on servers that misbehave', () => {
  const servers: OddServer[] = [];
  const connections: NodeConnection[] = [];

  after(async () => {
    for (const connection of connections) connection.close();
    await Promise.all(servers.map((server) => server.stop()));
  });

  const connectTo = async (options: OddServerOptions): Promise<NodeConnection> => {
    const server = await startOddServer(options);
    servers.push(server);
    const connection = createConnection({
      target: { host: '127.0.0.1', port: server.port, username: 'ubuntu' },
      identity: {
        type: 'key',
        privateKey: makeHostKey().private,
      },
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(8),
    });
    connections.push(connection);
    return connection;
  };

  test('a flood on stderr that nobody asked for does not stall the command', async () => {
    const connection = await connectTo({
      onCommand: (_command, channel) => {
        channel.stderr.write(Buffer.alloc(20_000_000, 'x'), () => {
          channel.write('done\n');
          channel.exit(0);
          channel.end();
        });
      },
    });
    const { stdout, stderr } = await connection.exec('flood', {
      signal: soon(),
      maximumOutput: 1_000,
    });

    assert.equal(stdout, 'done\n');
    assert.equal(stderr.length, 1_000);
  });

  test('a command that is aborted gets a signal, also after its input has ended', async () => {
    const messages: string[] = [];
    const closed = Promise.withResolvers<void>();
    const connection = await connectTo({
      // ssh2's server keeps a signal after the end of input to itself; sshd passes it on.
      onProtocol: (text) => messages.push(text),
      onCommand: (_command, channel) => {
        channel.on('end', () => channel.write('input over\n')).resume();
        channel.on('close', closed.resolve);
      },
    });
    const controller = new AbortController();
    const running = connection.exec('wait', {
      signal: controller.signal,
      onLine: () => controller.abort(new Error('enough')),
    });

    await assert.rejects(running, /enough/);
    await closed.promise;
    const ends = messages.flatMap((text) => /EOF|signal: TERM|CLOSE/.exec(text)?.[0] ?? []);
    assert.deepEqual(ends.slice(0, 3), ['EOF', 'signal: TERM', 'CLOSE']);
  });

  test('a node that won’t run commands says so', async () => {
    const connection = await connectTo({
      onConnection: (client) => {
        client.removeAllListeners('session');
        client.prependListener('session', (_accept, reject) => reject?.());
      },
    });
    const error = await connection.exec('true', { signal: soon() }).then(
      () => undefined,
      (reason: unknown) => reason,
    );

    assert(error instanceof SshError);
    assert.equal(error.kind, 'session');
    assert.match(error.message, /refused to run a command/);
  });

  test('a command that never ends is bounded by its signal', async () => {
    const connection = await connectTo({ onCommand: (_command, channel) => void channel.resume() });
    await assert.rejects(connection.exec('hang', { signal: AbortSignal.timeout(200) }), {
      name: 'TimeoutError',
    });
  });

  test('input that is never read is bounded by the signal, and not counted', async () => {
    const connection = await connectTo({ onCommand: () => undefined });
    let last = -1;
    await assert.rejects(
      connection.exec('hang', {
        signal: AbortSignal.timeout(500),
        stdin: Buffer.alloc(10_000_000),
        onProgress: (done) => {
          last = done;
        },
      }),
      { name: 'TimeoutError' },
    );
    // ssh2's server counts half of what it buffers as taken.
    assert(last <= 1024 * 1024, `${last} bytes were counted`);
  });
});
