import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { Connection } from 'ssh2';
import { type OddServer, startOddServer } from '../ssh/odd-server.ts';
import { noOpenSsh } from '../ssh/openssh-server.ts';
import { lines, User } from './program.ts';

/** Knows the way to the private addresses of the sandbox's nodes, which nobody else does. */
const forward = (gateway: Connection, asked: string[]): void => {
  gateway.on('tcpip', (accept, _reject, { destIP, destPort }) => {
    asked.push(destIP);
    const channel = accept();
    const socket = connectSocket(destPort, '127.0.0.1');
    socket.on('error', () => undefined);
    channel.on('error', () => undefined);
    channel.pipe(socket).pipe(channel);
  });
};

suite('through a jump host', () => {
  let user: User;
  let gate: OddServer;
  let aws: NodeJS.ProcessEnv;
  let privateKeyPath: string;
  const asked: string[] = [];

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--json', '--count', '2']);
    assert.equal(created.status, 0, created.stderr);
    gate = await startOddServer({ onConnection: (gateway) => forward(gateway, asked) });
    const address = path.join(user.home, '.local/state/spot-tui/sandbox/sandbox.json');
    const sandbox = JSON.parse(await readFile(address, 'utf8'));
    privateKeyPath = sandbox.privateKeyPath;
    // As for AWS: in the sandbox itself nodes are always straight ahead.
    aws = {
      AWS_ENDPOINT_URL_EC2: sandbox.url,
      AWS_ACCESS_KEY_ID: sandbox.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'any',
    };
    await configure();
  });

  beforeEach(async () => {
    asked.length = 0;
    await rm(pinsFile(), { force: true });
  });

  after(async () => {
    await gate.stop();
    await user.remove();
  });

  const pinsFile = () => path.join(user.home, '.local/state/spot-tui/known-hosts/sandbox');

  const configure = (more = '', port = gate.port) =>
    user.write(
      'config.yaml',
      [
        'deployment: sandbox',
        'regions: [us-west-2, us-east-1]',
        'aws:',
        '  total_instances: 2',
        `  jump_host: gate@127.0.0.1:${port}`,
        `  private_ssh_key_path: ${privateKeyPath}`,
        more,
        '',
      ].join('\n'),
    );

  const run = (...words: string[]) => user.run(words, { environment: aws });
  const jumpPin = async () =>
    (await readFile(pinsFile(), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('jump-host-'));

  test('nodes are reached at their private addresses, over one connection', async () => {
    const connections = gate.connections();
    const { status, stdout, stderr } = await run('exec', '--', 'echo', 'hello');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /hello/);
    assert.equal(gate.connections() - connections, 1);
    const list = JSON.parse((await run('list', '--json')).stdout);
    const addresses = list.nodes.map(({ address }: { readonly address: string }) => address);
    assert.equal(addresses.length, 2);
    assert.deepEqual([...asked].sort(), addresses.sort());
    for (const address of addresses) assert.match(address, /^172\.31\./);
  });

  test('its key is pinned when it is first seen, which is said', async () => {
    const { stdout } = await run('configure', 'us-west-2-1', '--json');
    const said = lines(stdout).map(({ message }) => String(message));
    assert.match(
      said.join('\n'),
      /jump host gate@127\.0\.0\.1:\d+: its host key SHA256:\S+ is trusted from now on, unverified/,
    );
    assert.deepEqual(await jumpPin(), [`jump-host-127.0.0.1-${gate.port} ${gate.hostKey}`]);
  });

  test('its key is verified where the user’s own ssh knows it', async () => {
    await mkdir(path.join(user.home, '.ssh'), { recursive: true });
    const known = path.join(user.home, '.ssh', 'known_hosts');
    await writeFile(known, `[127.0.0.1]:${gate.port} ${gate.hostKey}\n`);
    try {
      const { stdout } = await run('configure', 'us-west-2-1', '--json');
      assert.doesNotMatch(stdout, /is trusted from now on/);
      assert.match((await jumpPin())[0] ?? '', / spot-tui:verified$/);
    } finally {
      await rm(known);
    }
  });

  test('an unknown one is refused where the configuration wants it so', async () => {
    await configure('unverified_host_keys: fail');
    try {
      const { status, stdout, stderr } = await run('exec', 'us-west-2-1', '--', 'true');
      assert.equal(status, 1);
      assert.match(
        stdout + stderr,
        /jump host gate@127\.0\.0\.1:\d+: the host key .*known_hosts does not know it/,
      );
      assert.match(stdout + stderr, /connect once by hand and compare ssh-ed25519 SHA256:/);
      assert.deepEqual(asked, []);
    } finally {
      await configure();
    }
  });

  test('validate tries it, before anything is launched', async () => {
    const known = await run('validate');
    assert.match(
      known.stdout,
      /^✔ jump host gate@127\.0\.0\.1:\d+: its host key SHA256:\S+ is trusted from now on/m,
    );
    assert.match(
      (await run('validate')).stdout,
      /^✔ jump host gate@127\.0\.0\.1:\d+: lets us in$/m,
    );
    await configure('unverified_host_keys: fail');
    await rm(pinsFile());
    try {
      const { status, stdout } = await run('validate');
      assert.notEqual(status, 0);
      assert.match(
        stdout,
        /^✖ jump host gate@127\.0\.0\.1:\d+: the host key .*\n {4}connect once by hand/m,
      );
    } finally {
      await configure();
    }
  });

  test('the system’s ssh goes the same way', { skip: noOpenSsh }, async () => {
    const { status, stdout, stderr } = await run('ssh', 'us-west-2-1', '--', 'echo', 'hello');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'hello\n');
    assert.equal(asked.length, 2);
    assert.match(asked[0] ?? '', /^172\.31\./);
  });

  test('one that is not there is what failed, not the node', async () => {
    await configure('', 1);
    try {
      const { status, stdout, stderr } = await run(
        'exec',
        'us-west-2-1',
        '--timeout',
        '3s',
        '--',
        'true',
      );
      assert.equal(status, 1);
      assert.match(stdout + stderr, /jump host gate@127\.0\.0\.1:1: connection refused/);
    } finally {
      await configure();
    }
  });
});
