import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import ssh2 from 'ssh2';
import { generateHostKey } from '../../../source/sandbox/node/host-key.ts';
import { sendSignal } from '../../../source/ssh/remote-signal.ts';
import { Cloud, connectOnce, obstacle, outcomeOf, type TestNode } from './cloud.ts';

suite('SSH to a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    cloud = await Cloud.open();
    node = await cloud.launch();
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  test('keeps a command’s outputs apart, and its status exact', async () => {
    assert.deepEqual(await node.run('echo out; echo err >&2; exit 7'), {
      code: 7,
      signal: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('gives a command pipes to write to, which can be opened again by name', async () => {
    const { stdout, stderr } = await node.run(
      'echo twice | tee /dev/stderr; sudo sh -c "echo root > /dev/stderr; echo out > /dev/stdout"',
    );
    assert.deepEqual([stdout, stderr], ['twice\nout\n', 'twice\nroot\n']);
  });

  test('tells which signal ended a command', async () => {
    const { code, signal } = await node.run('kill -TERM $$');
    assert.deepEqual([code, signal], [null, 'SIGTERM']);
  });

  test('passes a signal on to a command and to what it started', async () => {
    const { channel, outcome } = await node.exec(
      'trap "echo caught; exit 3" USR1; sleep 30 & echo up; wait',
    );
    await once(channel, 'data');
    channel.signal('USR1');
    const { code, stdout } = await outcome;
    assert.deepEqual([code, stdout], [3, 'up\ncaught\n']);
  });

  test('passes a signal on to a command whose input has ended', async () => {
    const { channel, outcome } = await node.exec('echo up; exec sleep 600');
    await once(channel, 'data');
    channel.end();
    sendSignal(channel, 'TERM');
    assert.equal((await outcome).signal, 'SIGTERM');
  });

  test('streams large input and output without loss', async () => {
    const input = Buffer.alloc(8 * 1024 * 1024, 'spot-tui ');
    const { stdout } = await node.run('tee /tmp/large | sha256sum; wc -c < /tmp/large', input);
    assert.equal(
      stdout,
      `${createHash('sha256').update(input).digest('hex')}  -\n${input.length}\n`,
    );
    const { stdout: back } = await node.run('cat /tmp/large');
    assert.equal(back.length, input.length);
  });

  test('holds a sender back whose input nobody reads', async () => {
    const { channel, outcome } = await node.exec('sleep 0.3; head -c 5; exit 4');
    const accepted = channel.write(Buffer.alloc(16 * 1024 * 1024));
    assert.equal(accepted, false);
    channel.end();
    assert.equal((await outcome).code, 4);
  });

  test('serves many commands at once over one connection', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => node.run(`echo ${index}; exit ${index}`)),
    );
    assert.deepEqual(
      outcomes.map(({ code, stdout }) => [code, stdout]),
      outcomes.map((_, index) => [index, `${index}\n`]),
    );
  });

  test('logs in as the image’s user, who may sudo', async () => {
    assert.equal(
      await node.read('echo "$USER $HOME $PWD $SHELL"'),
      'ubuntu /home/ubuntu /home/ubuntu /bin/bash',
    );
    assert.equal(await node.read('sudo -n id -u'), '0');
    assert.match(await node.read('echo "$SSH_CONNECTION"'), /^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+$/);
  });

  test('takes any other name for that of the image’s user', async () => {
    const client = await connectOnce(node.port, cloud.privateKey, 'admin');
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      client.exec('echo "$USER"; cd; pwd; sudo -n id -u', (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    assert.equal((await outcomeOf(channel)).stdout, 'admin\n/home/admin\n0\n');
    client.end();
  });

  test('lets nobody in with another key, nor with a password', async () => {
    const stranger = generateHostKey().privateKey;
    await assert.rejects(connectOnce(node.port, stranger), /authentication methods failed/);
    await assert.rejects(
      new Promise((_, reject) => {
        new ssh2.Client()
          .on('error', reject)
          .connect({ host: '127.0.0.1', port: node.port, username: 'ubuntu', password: 'x' });
      }),
      /authentication methods failed/,
    );
  });

  test('forwards nothing, and has no subsystems', async () => {
    const client = await node.connect();
    await assert.rejects(
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 1, '127.0.0.1', node.port, (error, channel) =>
          error === undefined ? resolve(channel) : reject(error),
        );
      }),
    );
    await assert.rejects(
      new Promise((resolve, reject) => {
        client.forwardIn('127.0.0.1', 0, (error, port) => {
          if (error === undefined) resolve(port);
          else reject(error);
        });
      }),
    );
    await assert.rejects(
      new Promise((resolve, reject) => {
        client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
      }),
    );
  });

  test('prints its host key’s fingerprint on the console', async () => {
    let fingerprint = '';
    await new Promise<void>((resolve, reject) => {
      const client = new ssh2.Client();
      client
        .on('ready', () => {
          client.end();
          resolve();
        })
        .on('error', reject)
        .connect({
          host: '127.0.0.1',
          port: node.port,
          username: 'ubuntu',
          privateKey: cloud.privateKey,
          hostVerifier: (offered: Buffer, verify: (valid: boolean) => void) => {
            fingerprint = createHash('sha256').update(offered).digest('base64').replace(/=+$/, '');
            verify(true);
          },
        });
    });
    const console = await cloud.hypervisor.consoleOutput(node.instanceId);
    assert.ok(console.includes(`SHA256:${fingerprint} root@`));
    assert.match(console, /The key fingerprint is:\r\n.*SHA256:/);
    await node.booted();
    assert.match(
      await cloud.hypervisor.consoleOutput(node.instanceId),
      /-----BEGIN SSH HOST KEY KEYS-----\r\nssh-ed25519 \S+ root@ip-/,
    );
  });
});
