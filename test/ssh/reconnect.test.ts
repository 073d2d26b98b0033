import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createAdmission } from '../../source/ssh/admission.ts';
import type { NodeConnection } from '../../source/ssh/connection.ts';
import { followCommand } from '../../source/ssh/follow.ts';
import { type ConnectionOptions, createConnection } from '../../source/ssh/node-connection.ts';
import { probe } from '../../source/ssh/probe.ts';
import { ConnectionLostError, SshError } from '../../source/ssh/ssh-error.ts';
import { StandingSession } from '../../source/ssh/standing-session.ts';
import type { WakeWatch } from '../../source/time/wake-watch.ts';
import { type FlakyProxy, startFlakyProxy } from './odd-server.ts';
import {
  noOpenSsh,
  type OpenSshServer,
  removeServerFiles,
  startOpenSshServer,
} from './openssh-server.ts';

const soon = () => AbortSignal.timeout(20_000);

describe('connections that break', { skip: noOpenSsh }, () => {
  let server: OpenSshServer;
  let proxy: FlakyProxy;
  const connections: NodeConnection[] = [];

  before(async () => {
    server = await startOpenSshServer();
    proxy = await startFlakyProxy(server.port);
  });

  after(async () => {
    for (const connection of connections) connection.close();
    await proxy.stop();
    await server.stop();
    await removeServerFiles(server);
  });

  const connect = (options: Partial<ConnectionOptions> = {}): NodeConnection => {
    const connection = createConnection({
      target: { host: '127.0.0.1', port: proxy.port, username: server.username },
      identity: { type: 'key', privateKey: server.privateKey },
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(8),
      backoff: () => 20,
      ...options,
    });
    connections.push(connection);
    return connection;
  };

  test('calls under way reject, and the next call connects again', async () => {
    const connection = connect();
    const running = [1, 2].map((index) =>
      connection.exec(`echo ${index}; sleep 20`, {
        signal: soon(),
        onLine: () => {
          if (index === 2) proxy.cut();
        },
      }),
    );

    for (const promise of running) {
      const error = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert(error instanceof ConnectionLostError);
      assert.match(error.message, /the connection to .*127\.0\.0\.1:\d+ broke/);
    }
    assert.equal((await connection.exec('echo again', { signal: soon() })).stdout, 'again\n');
  });

  test('a connection that falls silent is noticed by its keepalive', async () => {
    const connection = connect({ keepaliveInterval: 100, keepaliveLimit: 3 });
    await connection.connect(soon());
    const running = connection.exec('sleep 20', { signal: soon() });
    setTimeout(() => proxy.freeze(), 200);

    await assert.rejects(running, { name: 'ConnectionLostError', message: /broke: Keepalive/ });
    assert.equal((await connection.exec('echo again', { signal: soon() })).stdout, 'again\n');
  });

  test('a connection that broke during a sleep is noticed at once, one that did not goes on', async () => {
    const listeners = new Set<(milliseconds: number) => void>();
    const wakes: WakeWatch = {
      onWake: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      stop: () => undefined,
    };
    const sleepLong = () => {
      for (const listener of listeners) listener(3_600_000);
    };
    const sound = connect({ wakes });
    const begun = Promise.withResolvers<void>();
    const onLine = () => begun.resolve();
    const running = sound.exec('echo begun; sleep 1; echo done', { signal: soon(), onLine });
    await begun.promise;
    sleepLong();
    assert.equal((await running).stdout, 'begun\ndone\n');
    sound.close();
    assert.equal(listeners.size, 0);

    const broken = connect({ wakes, probeTimeout: 300 });
    await broken.connect(soon());
    const lost = broken.exec('sleep 20', { signal: soon() });
    proxy.freeze();
    sleepLong();
    await assert.rejects(lost, { name: 'ConnectionLostError', message: /asleep/ });
    assert.equal((await broken.exec('echo again', { signal: soon() })).stdout, 'again\n');
  });

  test('a sign of life leaves nothing behind, however often it is asked for', async () => {
    const target = { host: '127.0.0.1', port: proxy.port, username: server.username };
    const standing = new StandingSession({
      target,
      identity: { type: 'key', privateKey: server.privateKey },
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(8),
      authenticationGrace: 0,
    });
    const session = await standing.ready(soon());
    const before = getEventListeners(session.lost, 'abort').length;
    for (let wake = 0; wake < 5; wake += 1) probe(session, target, 20_000);
    while (getEventListeners(session.lost, 'abort').length > before) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(session.lost.aborted, false);
    standing.close();
  });

  test('a command that ends well and takes the connection with it has ended well', async () => {
    const connection = connect();
    // The shell's parent is the process that serves the connection.
    const result = await connection.exec('echo bye; (sleep 0.5; kill -KILL $PPID) & exit 0', {
      signal: soon(),
    });
    assert.deepEqual(result, { exitCode: 0, stdout: 'bye\n', stderr: '' });
  });

  test('closing rejects calls under way at once, also when the node has gone silent', async () => {
    const connection = connect();
    const running = connection.exec('sleep 20', { signal: soon() });
    setTimeout(() => {
      proxy.freeze();
      connection.close();
    }, 500);

    await assert.rejects(running, /was closed/);
  });

  test('following goes on where it was after the connection broke, until it is aborted', async () => {
    const connection = connect();
    const directory = await mkdtemp(join(tmpdir(), 'spot-tui-follow-'));
    const file = join(directory, 'log');
    await writeFile(file, 'one\ntwo\n');
    const lines: string[] = [];
    const commands: string[] = [];
    const controller = new AbortController();

    const following = connection.follow(
      () => {
        const command = `tail -n +${lines.length + 1} -f ${file}`;
        commands.push(command);
        return command;
      },
      (line) => {
        lines.push(line);
        if (line === 'two') {
          void writeFile(file, 'three\n', { flag: 'a' }).then(() => proxy.cut());
        }
        if (line === 'three') setTimeout(() => controller.abort(), 100);
      },
      controller.signal,
    );
    await following;

    assert.deepEqual(lines, ['one', 'two', 'three']);
    assert.equal(commands.length, 2);
    assert.equal(await readFile(file, 'utf8'), 'one\ntwo\nthree\n');
    await rm(directory, { recursive: true });
  });

  test('following a command that does not exist fails instead of trying for ever', async () => {
    const error = await connect()
      .follow(
        () => 'no-such-command --follow',
        () => undefined,
        soon(),
      )
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );

    assert(error instanceof SshError);
    assert.equal(error.kind, 'command');
    assert.match(error.message, /exit status 127: .*no-such-command/);
  });

  test('following ends with the connection when that is closed', async () => {
    const connection = connect();
    const following = connection.follow(
      () => 'echo begun; sleep 20',
      () => connection.close(),
      soon(),
    );
    await assert.rejects(following, ConnectionLostError);
  });
});

describe('commands that end although they are followed', () => {
  const { signal } = new AbortController();

  test('run again as long as they give lines', async () => {
    const controller = new AbortController();
    let runs = 0;
    await followCommand(
      async (_command, { onLine }) => {
        runs += 1;
        if (runs === 7) controller.abort();
        onLine?.('line', 'stdout');
        return { exitCode: 1, stdout: '', stderr: '' };
      },
      () => false,
      {
        command: () => 'journalctl',
        onLine: () => undefined,
        signal: controller.signal,
        backoff: () => 1,
      },
    );
    assert.equal(runs, 7);
  });

  test('fail when they keep failing without a line', async () => {
    let runs = 0;
    await assert.rejects(
      followCommand(
        async () => {
          runs += 1;
          return { exitCode: 1, stdout: '', stderr: 'first\nNo journal files were found.\n' };
        },
        () => false,
        { command: () => 'journalctl', onLine: () => undefined, signal, backoff: () => 1 },
      ),
      /exit status 1: No journal files were found\.$/,
    );
    assert.equal(runs, 5);
  });
});
