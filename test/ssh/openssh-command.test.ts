import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { pinOnFirstUse } from '../../source/ssh/known-hosts.ts';
import {
  type OpenSshCommand,
  type OpenSshOptions,
  openSshCommand,
  quoteCommand,
} from '../../source/ssh/openssh-command.ts';
import {
  noOpenSsh,
  type OpenSshServer,
  removeServerFiles,
  startOpenSshServer,
} from './openssh-server.ts';

const options: OpenSshOptions = {
  target: { host: '203.0.113.7', port: 22, username: 'ubuntu' },
  identityFile: '/home/me/.ssh/id_ed25519',
  knownHostsFile: '/home/me/.local/state/spot-tui/known_hosts',
  hostKeyAlias: 'i-0abc',
};

test('the system’s ssh is told exactly whom to trust and who we are', () => {
  assert.deepEqual(openSshCommand(options), {
    file: 'ssh',
    arguments: [
      ...['-F', 'none'],
      ...['-i', '/home/me/.ssh/id_ed25519'],
      ...['-o', 'IdentitiesOnly=yes'],
      ...['-o', 'UserKnownHostsFile=/home/me/.local/state/spot-tui/known_hosts'],
      ...['-o', 'GlobalKnownHostsFile=/dev/null'],
      ...['-o', 'HostKeyAlias=i-0abc'],
      ...['-o', 'StrictHostKeyChecking=yes'],
      ...['-o', 'ConnectTimeout=15'],
      ...['-o', 'ServerAliveInterval=15'],
      ...['-p', '22'],
      'ubuntu@203.0.113.7',
    ],
  });
});

test('with an agent no key file is named', () => {
  const { identityFile: _, ...agent } = options;
  const { arguments: words } = openSshCommand({ ...agent, agentSocket: '/run/my agent' });

  assert(!words.includes('-i'));
  assert(!words.includes('IdentitiesOnly=yes'));
  assert(words.includes('IdentityAgent="/run/my agent"'));
});

test('the user’s configuration is read only on demand', () => {
  assert(!openSshCommand({ ...options, userConfiguration: true }).arguments.includes('-F'));
});

test('a script goes to the shell as it is, a list of arguments arrives as it is', () => {
  const script = openSshCommand({ ...options, command: 'cd /tmp && ls "$HOME"' });
  assert.deepEqual(script.arguments.slice(-2), ['--', 'cd /tmp && ls "$HOME"']);

  const list = openSshCommand({
    ...options,
    command: ['echo', "it's", '$HOME', ''],
    terminal: true,
  });
  assert.deepEqual(list.arguments.slice(-2), ['--', `echo 'it'\\''s' '$HOME' ''`]);
  assert(list.arguments.includes('-t'));
});

const run = async (
  command: OpenSshCommand,
): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(command.file, command.arguments).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

describe('with the system’s ssh and sshd', { skip: noOpenSsh }, () => {
  let server: OpenSshServer;
  let directory: string;
  let real: OpenSshOptions;

  before(async () => {
    server = await startOpenSshServer();
    directory = await mkdtemp(join(tmpdir(), 'spot-tui openssh 100% "'));
    await mkdir(join(directory, 'state'));
    real = {
      target: { host: '127.0.0.1', port: server.port, username: server.username },
      identityFile: server.privateKeyPath,
      knownHostsFile: join(directory, 'state', 'known_hosts'),
      hostKeyAlias: 'i-0abc',
    };
    const [type = ''] = server.hostKey.split(' ');
    await pinOnFirstUse(real.knownHostsFile, 'i-0abc')(
      { type, fingerprint: '', line: server.hostKey },
      new AbortController().signal,
    );
  });

  after(async () => {
    await server.stop();
    await removeServerFiles(server);
    await rm(directory, { recursive: true, force: true });
  });

  test('it finds the pin, logs in, and exits with the remote status', async () => {
    const result = await run(openSshCommand({ ...real, command: 'echo in; exit 7' }));
    assert.equal(result.stdout, 'in\n');
    assert.equal(result.code, 7);
    assert.equal(result.stderr, '');
  });

  test('it refuses a node whose key is not pinned, or another', async () => {
    const unknown = await run(openSshCommand({ ...real, hostKeyAlias: 'i-1', command: 'true' }));
    assert.equal(unknown.code, 255);
    assert.match(unknown.stderr, /Host key verification failed/);

    const [type = ''] = server.hostKey.split(' ');
    await writeFile(
      real.knownHostsFile,
      `i-2 ${type} AAAAC3NzaC1lZDI1NTE5AAAAIKs/JCjN7H3dca49A6fFH10lMsQvIz8dvc3M6u7Z69Yk\n`,
      {
        flag: 'a',
      },
    );
    const changed = await run(openSshCommand({ ...real, hostKeyAlias: 'i-2', command: 'true' }));
    assert.equal(changed.code, 255);
    assert.match(changed.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED/);
  });

  test('arguments arrive unchanged, whatever is in them', async () => {
    const words = [
      '--',
      '-v',
      "it's",
      '"',
      '$HOME',
      '`id`',
      'a b',
      '*',
      'x\ny',
      '',
      '\\',
      '!',
      'é',
    ];
    const { stdout } = await run(
      openSshCommand({ ...real, command: ['printf', '%s\\0', ...words] }),
    );
    assert.deepEqual(stdout.split('\0').slice(0, -1), words);
  });

  test('a command that begins with a dash is no option of ssh', async () => {
    const result = await run(openSshCommand({ ...real, command: '-V' }));
    // The remote shell's complaint, not the version of ours.
    assert.notEqual(result.code, 0);
    assert.doesNotMatch(result.stderr, /^OpenSSH_/);
  });

  test('a key file is found whatever its folder is called', async () => {
    const identityFile = join(directory, 'key');
    await copyFile(server.privateKeyPath, identityFile);
    const result = await run(openSshCommand({ ...real, identityFile, command: 'echo in' }));
    assert.deepEqual([result.stdout, result.stderr], ['in\n', '']);
  });
});

test('quoting is undone by a shell exactly', async () => {
  const words = Array.from({ length: 0x7f }, (_, code) => `a${String.fromCharCode(code)}b`).slice(
    1,
  );
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    quoteCommand(['printf', '%s\\0', ...words]),
  ]);
  assert.deepEqual(stdout.split('\0').slice(0, -1), words);
});
