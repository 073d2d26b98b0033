import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2 from 'ssh2';
import { createAdmission } from '../../source/ssh/admission.ts';
import { type IdentitySource, loadIdentity } from '../../source/ssh/identity.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';
import { readPrivateKey } from '../../source/ssh/private-key.ts';
import { SshError } from '../../source/ssh/ssh-error.ts';
import { startOddServer } from './odd-server.ts';

let directory: string;
const path = (name: string) => join(directory, name);

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spot-tui-identity-'));
});

after(() => rm(directory, { recursive: true, force: true }));

const keygen = (name: string, ...options: string[]): string => {
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'test', '-f', path(name), ...options]);
  return path(name);
};

const publicKeyOf = async (file: string): Promise<string> =>
  (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');

const failure = async (source: IdentitySource): Promise<SshError> => {
  const error = await loadIdentity(source).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert(error instanceof SshError, `expected an SshError, got ${error}`);
  assert.equal(error.kind, 'identity');
  assert.notEqual(error.hint, '');
  return error;
};

const formats: Array<[what: string, options: string[]]> = [
  ['Ed25519', ['-t', 'ed25519']],
  ['ECDSA', ['-t', 'ecdsa', '-b', '384']],
  ['RSA', ['-t', 'rsa', '-b', '2048']],
  ['ECDSA in PEM', ['-t', 'ecdsa', '-m', 'PEM']],
  ['RSA in PEM, as EC2 makes them', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ['ECDSA in PKCS#8', ['-t', 'ecdsa', '-m', 'PKCS8']],
  ['RSA in PKCS#8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
];

for (const [index, [what, options]] of formats.entries()) {
  test(`a key of type ${what} is loaded, with and without passphrase`, async () => {
    const file = keygen(`plain-${index}`, ...options);
    const plain = await loadIdentity({ privateKeyPath: file });
    assert.equal(plain.publicKey, await publicKeyOf(file));
    assert.deepEqual(plain.warnings, []);

    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-f', file, ...options.slice(-2)]);
    const asked: number[] = [];
    const decrypted = await loadIdentity({
      privateKeyPath: file,
      askPassphrase: async ({ attempt }) => {
        asked.push(attempt);
        return attempt === 1 ? 'wrong' : 'secret';
      },
    });

    assert.deepEqual(asked, [1, 2]);
    assert.equal(decrypted.publicKey, plain.publicKey);
    assert(decrypted.identity.type === 'key');
    assert.equal(decrypted.identity.passphrase, undefined);
    // What every connection will do with it: no passphrase has to be worked on again.
    const parsed = ssh2.utils.parseKey(decrypted.identity.privateKey);
    assert(!(parsed instanceof Error));
    assert.equal(
      `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`,
      await publicKeyOf(file),
    );
  });
}

test('keys are read whatever their bytes happen to be', () => {
  for (let count = 0; count < 1_000; count += 1) {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const first = readPrivateKey(Buffer.from(privateKey));
    assert(first.type === 'key');
    const second = readPrivateKey(Buffer.from(first.privateKey));
    assert(second.type === 'key');
    assert.equal(second.publicKey, first.publicKey);
  }
});

test('OpenSSH reads what encrypted keys are turned into', async () => {
  const file = keygen('serialised', '-t', 'ed25519');
  execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-f', file]);
  const { identity } = await loadIdentity({
    privateKeyPath: file,
    askPassphrase: async () => 'secret',
  });
  assert(identity.type === 'key');
  const copy = path('serialised-copy');
  await writeFile(copy, identity.privateKey, { mode: 0o600 });

  const printed = execFileSync('ssh-keygen', ['-y', '-f', copy], { encoding: 'utf8' });
  assert(printed.startsWith(await publicKeyOf(file)));
});

test('a missing file', async () => {
  const error = await failure({ privateKeyPath: path('nothing') });
  assert.equal(error.message, `can't read the key ${path('nothing')}: there is no such file`);
  assert.match(error.hint, /ssh-keygen/);
});

test('a directory', async () => {
  const error = await failure({ privateKeyPath: directory });
  assert.match(error.message, /it is a directory$/);
});

test('a file that may not be read', { skip: process.getuid?.() === 0 && 'root may' }, async () => {
  const file = keygen('unreadable', '-t', 'ed25519');
  await chmod(file, 0o000);
  const error = await failure({ privateKeyPath: file });
  assert.match(error.message, /you are not allowed to$/);
});

test('a file that is no key', async () => {
  for (const content of ['', 'hello', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', '\0\x01']) {
    await writeFile(path('no-key'), content, { mode: 0o600 });
    const error = await failure({ privateKeyPath: path('no-key') });
    assert.match(error.message, /no-key is not a private key that can be used: ./);
  }
});

test('a public key where the private one belongs', async () => {
  const file = keygen('swapped', '-t', 'ed25519');
  const error = await failure({ privateKeyPath: `${file}.pub` });
  assert.match(error.message, /swapped\.pub holds a public key, not a private one$/);
  assert.equal(error.hint, `name the private key, usually ${file}`);
});

test('three wrong passphrases, none at all, and nobody to ask', async () => {
  const file = keygen('locked', '-t', 'ed25519');
  execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-a', '1', '-f', file]);
  let asked = 0;
  const wrong = await failure({
    privateKeyPath: file,
    askPassphrase: async () => {
      asked += 1;
      return asked === 1 ? '' : 'wrong';
    },
  });

  assert.equal(asked, 3);
  assert.match(wrong.message, /^wrong passphrase for the private key .*locked$/);
  const none = await failure({ privateKeyPath: file, askPassphrase: async () => undefined });
  assert.match(none.message, /no passphrase was given/);
  const nobody = await failure({ privateKeyPath: file });
  assert.match(nobody.message, /nobody to ask/);
  assert.equal(nobody.hint, `add it to the SSH agent first: ssh-add ${file}`);
});

test('a key that others may read works, with a warning', async () => {
  const file = keygen('open', '-t', 'ed25519');
  await chmod(file, 0o644);
  const { identity, warnings } = await loadIdentity({ privateKeyPath: file });

  assert.equal(identity.type, 'key');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /mode 0644.*chmod 600/);
});

test('neither key nor agent', async () => {
  for (const source of [{}, { agentSocket: '' }]) {
    assert.match((await failure(source)).message, /SSH_AUTH_SOCK is not set/);
  }
  const error = await failure({ agentSocket: path('no-agent') });
  assert.match(error.message, /the SSH agent at .*no-agent .* does not answer/);
});

describe('with an agent', () => {
  let agent: ChildProcess;
  let socket: string;

  before(async () => {
    socket = path('agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => agent.stdout?.once('data', resolve));
  });

  after(() => agent.kill());

  const add = (file: string) =>
    execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });

  test('an empty one is no help', async () => {
    assert.match((await failure({ agentSocket: socket })).message, /has no key/);
  });

  test('all its keys are offered, or only the one that is named', async () => {
    const [one, two] = [keygen('agent-1', '-t', 'ed25519'), keygen('agent-2', '-t', 'ed25519')];
    add(one);
    add(two);
    assert.deepEqual((await loadIdentity({ agentSocket: socket })).identity, {
      type: 'agent',
      socket,
    });

    const named = await loadIdentity({ agentSocket: socket, publicKeyPath: `${two}.pub` });
    const publicKey = await publicKeyOf(two);
    assert.deepEqual(named.identity, { type: 'agent', socket, publicKey });
    assert.equal(named.publicKey, publicKey);

    const offered = new Set<string>();
    const server = await startOddServer({
      onAuthentication: (context) => {
        assert(context.method === 'publickey');
        offered.add(`${context.key.algo} ${context.key.data.toString('base64')}`);
        context.accept();
      },
    });
    const connection = createConnection({
      target: { host: '127.0.0.1', port: server.port, username: 'ubuntu' },
      identity: named.identity,
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(1),
    });
    await connection.connect(AbortSignal.timeout(10_000));
    connection.close();
    await server.stop();
    assert.deepEqual([...offered], [publicKey]);
  });

  test('a key that it does not have is named', async () => {
    const file = keygen('agent-3', '-t', 'ed25519');
    const error = await failure({ agentSocket: socket, publicKeyPath: `${file}.pub` });
    assert.match(error.message, /does not have the key of .*agent-3\.pub/);
    assert.equal(error.hint, `add the private key: ssh-add ${file}`);
  });

  test('an encrypted key that it has needs no passphrase', async () => {
    const file = keygen('agent-4', '-t', 'ed25519');
    const copy = path('agent-4-copy');
    await copyFile(file, copy);
    await chmod(copy, 0o600);
    add(copy);
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-f', file]);

    const { identity } = await loadIdentity({ privateKeyPath: file, agentSocket: socket });
    assert.deepEqual(identity, { type: 'agent', socket, publicKey: await publicKeyOf(file) });
  });

  test('one that goes away is an error of its own while connecting', async () => {
    const server = await startOddServer();
    const connection = createConnection({
      target: { host: '127.0.0.1', port: server.port, username: 'ubuntu' },
      identity: { type: 'agent', socket: path('gone') },
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(1),
    });
    await assert.rejects(connection.connect(AbortSignal.timeout(10_000)), {
      name: 'SshError',
      kind: 'authentication',
      message: /the SSH agent did not sign for .*: Failed to connect to agent/,
    });
    await server.stop();
  });
});
