import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Connection } from 'ssh2';
import { createAdmission } from '../../source/ssh/admission.ts';
import type { HostKeySource, NodeConnection } from '../../source/ssh/connection.ts';
import { createJumpHost, type JumpHost, type JumpHostOptions } from '../../source/ssh/jump-host.ts';
import { pinOnFirstUse } from '../../source/ssh/known-hosts.ts';
import { type ConnectionOptions, createConnection } from '../../source/ssh/node-connection.ts';
import { openSshCommand } from '../../source/ssh/openssh-command.ts';
import { ConnectionLostError, SshError } from '../../source/ssh/ssh-error.ts';
import { type FlakyProxy, startFlakyProxy, startOddServer } from './odd-server.ts';
import {
  noOpenSsh,
  type OpenSshServer,
  removeServerFiles,
  startOpenSshServer,
} from './openssh-server.ts';

const soon = () => AbortSignal.timeout(20_000);
const trusted: HostKeySource = async () => ({ trusted: true });

/** Waits for what comes soon; in vain until the test's time is up. */
const until = async (isSo: () => boolean): Promise<void> => {
  const limit = soon();
  while (!isSo()) await setTimeout(10, undefined, { signal: limit });
};

/** What the promise rejects with. */
const failure = async (promise: Promise<unknown>): Promise<Error> => {
  const reason: unknown = await promise.then(
    () => assert.fail('it did not reject'),
    (error: unknown) => error,
  );
  assert(reason instanceof Error);
  return reason;
};

describe('nodes behind a jump host', { skip: noOpenSsh }, () => {
  let jump: OpenSshServer;
  let node: OpenSshServer;
  /** Stands before the jump host: what is cut there, the node does not see. */
  let proxy: FlakyProxy;
  const connections: NodeConnection[] = [];

  before(async () => {
    // What is forwarded is no session.
    jump = await startOpenSshServer({ configuration: ['MaxSessions 1', 'MaxStartups 2'] });
    node = await startOpenSshServer();
    proxy = await startFlakyProxy(jump.port);
  });

  after(async () => {
    for (const connection of connections) connection.close();
    await proxy.stop();
    await jump.stop();
    await node.stop();
    await removeServerFiles(jump);
    await removeServerFiles(node);
  });

  const jumpHost = (options: Partial<JumpHostOptions> = {}): JumpHost =>
    createJumpHost({
      target: { host: '127.0.0.1', port: proxy.port, username: jump.username },
      identity: { type: 'key', privateKey: jump.privateKey },
      hostKey: () => trusted,
      admission: createAdmission(8),
      backoff: () => 20,
      ...options,
    });

  const connect = (through: JumpHost, options: Partial<ConnectionOptions> = {}): NodeConnection => {
    const connection = createConnection({
      target: { host: '127.0.0.1', port: node.port, username: node.username },
      identity: { type: 'key', privateKey: node.privateKey },
      hostKey: trusted,
      admission: createAdmission(8),
      backoff: () => 20,
      jumpHost: through,
      ...options,
    });
    connections.push(connection);
    return connection;
  };

  test('all of them share one connection to it, which ends with the last of theirs', async () => {
    const through = jumpHost();
    const nodes = Array.from({ length: 12 }, () => connect(through));
    const answers = await Promise.all(
      nodes.map((each, index) => each.exec(`echo ${index}`, { signal: soon() })),
    );
    assert.deepEqual(
      answers.map(({ stdout }) => stdout),
      nodes.map((_, index) => `${index}\n`),
    );
    await until(() => proxy.sockets.size === 1);
    assert.equal(nodes[0]?.via?.port, proxy.port);

    for (const each of nodes.slice(1)) each.close();
    assert.equal((await nodes[0]?.exec('echo last', { signal: soon() }))?.stdout, 'last\n');
    nodes[0]?.close();
    await until(() => proxy.sockets.size === 0);
  });

  test('much goes up and down through it unchanged', async () => {
    const connection = connect(jumpHost());
    const stdin = Buffer.alloc(3_000_000, 'ten bytes\n');
    const taken: number[] = [];
    const { stdout } = await connection.exec('wc -c; head -c 3000000 /dev/zero | tr "\\0" x', {
      stdin,
      signal: soon(),
      maximumOutput: 4_000_000,
      onProgress: (done) => taken.push(done),
    });
    assert.equal(stdout, `${stdin.length}\n${'x'.repeat(3_000_000)}`);
    assert.equal(taken.at(-1), stdin.length);
    connection.close();
  });

  test('when it is lost everybody hears why, and all come back over one new connection', async () => {
    const through = jumpHost();
    const nodes = Array.from({ length: 6 }, () => connect(through));
    let running = 0;
    const calls = nodes.map((each) =>
      each.exec('echo; sleep 20', {
        signal: soon(),
        onLine: () => {
          running += 1;
          if (running === nodes.length) proxy.cut();
        },
      }),
    );
    for (const call of calls) {
      const error = await failure(call);
      assert(error instanceof ConnectionLostError);
      assert.match(
        error.message,
        /^the connection to .* broke: the connection to the jump host .*127\.0\.0\.1:\d+ broke$/,
      );
    }
    const again = await Promise.all(nodes.map((each) => each.exec('echo up', { signal: soon() })));
    assert.deepEqual(new Set(again.map(({ stdout }) => stdout)), new Set(['up\n']));
    await until(() => proxy.sockets.size === 1);
    for (const each of nodes) each.close();
  });

  test('what a node behind it does is told as the node’s', async () => {
    const reasons: string[] = [];
    const closed = connect(jumpHost(), {
      target: { host: '127.0.0.1', port: 1, username: 'ubuntu' },
    });
    const giveUp = new AbortController();
    await failure(
      closed.connect(giveUp.signal, (reason) => {
        reasons.push(reason);
        giveUp.abort(new Error('enough'));
      }),
    );
    assert.deepEqual(reasons, ['connection refused']);
  });

  test('a jump host that does not answer is waited for, and named', async () => {
    const reasons: string[] = [];
    const giveUp = new AbortController();
    const connection = connect(
      jumpHost({ target: { host: '127.0.0.1', port: 1, username: 'gate' } }),
    );
    await failure(
      connection.connect(giveUp.signal, (reason) => {
        reasons.push(reason);
        giveUp.abort(new Error('enough'));
      }),
    );
    assert.deepEqual(reasons, ['jump host gate@127.0.0.1:1: connection refused']);
  });

  test('a jump host that refuses the key is asked once, and is not taken for the node', async () => {
    let asked = 0;
    const gate = await startOddServer({
      onAuthentication: (context) => {
        asked += 1;
        context.reject();
      },
    });
    const through = jumpHost({ target: { host: '127.0.0.1', port: gate.port, username: 'gate' } });
    for (const each of [connect(through), connect(through), connect(through)]) {
      const error = await failure(each.connect(soon()));
      assert(error instanceof SshError);
      assert.equal(error.kind, 'authentication');
      assert.match(error.message, /^jump host gate@127\.0\.0\.1:\d+: .*does not accept the key/);
      assert.match(error.hint, /user in aws\.jump_host \(gate\)/);
    }
    assert.equal(asked, 1);
    await gate.stop();
  });

  test('a jump host whose key is another than the pinned one gets nothing', async () => {
    const through = jumpHost({
      hostKey: () => async () => ({ trusted: false, reason: 'it has changed', hint: 'look' }),
    });
    const error = await failure(connect(through).connect(soon()));
    assert(error instanceof SshError);
    assert.equal(error.kind, 'host-key');
    assert.match(error.message, /^jump host .*: the host key of .* is not trusted: it has changed/);
  });

  test('a jump host that may not forward is told so at once', async () => {
    const strict = await startOpenSshServer({ configuration: ['AllowTcpForwarding no'] });
    const through = jumpHost({
      target: { host: '127.0.0.1', port: strict.port, username: strict.username },
      identity: { type: 'key', privateKey: strict.privateKey },
    });
    const connection = connect(through);
    const error = await failure(connection.connect(soon()));
    assert(error instanceof SshError);
    assert.match(error.message, /jump host .* does not forward connections to 127\.0\.0\.1/);
    assert.match(error.hint, /AllowTcpForwarding yes/);
    connection.close();
    await strict.stop();
    await removeServerFiles(strict);
  });

  test('what is said of its key is heard by those who wait', async () => {
    const heard: string[] = [];
    const through = jumpHost({
      hostKey: (tell) => async () => {
        tell('first seen');
        return { trusted: true };
      },
    });
    const connection = connect(through);
    await connection.connect(soon(), (reason) => heard.push(reason));
    assert.match(heard.join('\n'), /^jump host .*127\.0\.0\.1:\d+: first seen$/m);
    connection.close();
  });

  test('the system’s ssh takes the same way, with the same pins', async (context) => {
    const directory = await temporaryFolder(context, 'spot-tui jump 100% "');
    const knownHostsFile = join(directory, 'known_hosts');
    const pin = (alias: string, line: string) =>
      pinOnFirstUse(knownHostsFile, alias)(
        { type: line.split(' ')[0] ?? '', fingerprint: '', line },
        soon(),
      );
    await pin('i-0abc', node.hostKey);
    await pin('jump-host', jump.hostKey);
    // One key for both, as the configuration has it.
    const shared = await startOpenSshServer({ directory: jump.directory });
    const ssh = (hostKeyAlias: string) =>
      promisify(execFile)('ssh', [
        ...openSshCommand({
          target: { host: '127.0.0.1', port: shared.port, username: shared.username },
          identityFile: jump.privateKeyPath,
          knownHostsFile,
          hostKeyAlias: 'jump-host',
          jumpHost: {
            target: { host: '127.0.0.1', port: proxy.port, username: jump.username },
            hostKeyAlias,
          },
          command: 'echo in',
        }).arguments,
      ]).then(
        ({ stdout }) => stdout,
        ({ stderr }: { readonly stderr: string }) => stderr,
      );
    assert.equal(await ssh('jump-host'), 'in\n');
    assert.match(await ssh('unknown-jump-host'), /Host key verification failed/);
    await shared.stop();
    assert.equal((await readFile(knownHostsFile, 'utf8')).split('\n').length, 3);
  });
});

test('names are resolved where the jump host is', async (context) => {
  const node = await startOddServer({
    onCommand: (command, channel) => {
      channel.write(`ran ${command}`);
      channel.exit(0);
      channel.end();
    },
  });
  context.after(() => node.stop());
  const asked: string[] = [];
  const gate = await startOddServer({
    onConnection: (gateway) => forward(gateway, asked, node.port),
  });
  context.after(() => gate.stop());
  const identity = { type: 'key', privateKey: await anyKey(context) } as const;
  const connection = createConnection({
    target: { host: 'node.internal', port: 2222, username: 'ubuntu' },
    identity,
    hostKey: trusted,
    admission: createAdmission(8),
    jumpHost: createJumpHost({
      target: { host: '127.0.0.1', port: gate.port, username: 'gate' },
      identity,
      hostKey: () => trusted,
      admission: createAdmission(8),
    }),
  });
  const { stdout } = await connection.exec('this', { signal: soon() });
  assert.equal(stdout, 'ran this');
  assert.deepEqual(asked, ['node.internal:2222']);
  connection.close();
});

const forward = (gateway: Connection, asked: string[], port: number): void => {
  gateway.on('tcpip', (accept, _reject, { destIP, destPort }) => {
    asked.push(`${destIP}:${destPort}`);
    const channel = accept();
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => undefined);
    channel.on('error', () => undefined);
    channel.pipe(socket).pipe(channel);
  });
};

const anyKey = async (context: TestContext): Promise<Buffer> => {
  const directory = await temporaryFolder(context, 'spot-tui-key-');
  const file = join(directory, 'id');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFile(file);
};

const temporaryFolder = async (context: TestContext, prefix: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
};
