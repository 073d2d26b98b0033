import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { HostKeyVerdict } from '../../source/ssh/connection.ts';
import { knownToUser } from '../../source/ssh/user-known-hosts.ts';

const mine = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/JCjN7H3dca49A6fFH10lMsQvIz8dvc3M6u7Z69Yk';
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFOpkkQe9erst8jyEWjn8f/ddYKPJMJfvJgTWm4OQ8HR';

const knownHosts = async (context: TestContext, content: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'spot-tui-known-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'known_hosts');
  await writeFile(file, content);
  return file;
};

const ask = (file: string, host: string, port: number, line = mine): Promise<HostKeyVerdict> =>
  knownToUser(file, { host, port }, async () => ({
    trusted: false,
    reason: 'unknown',
    hint: '',
  }))({ type: 'ssh-ed25519', fingerprint: 'SHA256:x', line }, AbortSignal.timeout(5_000));

const reason = async (verdict: Promise<HostKeyVerdict>): Promise<string> => {
  const answer = await verdict;
  return answer.trusted ? `trusted, verified ${answer.verified}` : answer.reason;
};

test('a key that the user’s ssh knows is verified, and another one of its type refused', async (context) => {
  const file = await knownHosts(
    context,
    `# comment\n\ngate.example.com,203.0.113.7 ${mine} me@here\n[gate.example.com]:2222 ${other}\n`,
  );
  for (const host of ['gate.example.com', 'Gate.Example.COM', '203.0.113.7']) {
    assert.equal(await reason(ask(file, host, 22)), 'trusted, verified true');
  }
  assert.match(
    await reason(ask(file, 'gate.example.com', 2222)),
    /it offers ssh-ed25519 SHA256:x, and .*known_hosts has another key for \[gate\.example\.com\]:2222/,
  );
  assert.equal(await reason(ask(file, 'gate.example.com', 2022)), 'unknown');
  assert.equal(await reason(ask(`${file}-missing`, 'gate.example.com', 22)), 'unknown');
});

test('hashed names are found, as ssh-keygen writes them', async (context) => {
  const file = await knownHosts(context, `gate.example.com ${mine}\n[10.0.0.1]:2222 ${mine}\n`);
  await promisify(execFile)('ssh-keygen', ['-H', '-f', file]);
  assert.equal(await reason(ask(file, 'gate.example.com', 22)), 'trusted, verified true');
  assert.equal(await reason(ask(file, '10.0.0.1', 2222)), 'trusted, verified true');
  assert.equal(await reason(ask(file, 'other.example.com', 22)), 'unknown');
});

test('a revoked key is refused, and a certificate authority is no key of the host', async (context) => {
  const file = await knownHosts(
    context,
    `@revoked gate.example.com ${mine}\n@cert-authority other.example.com ${mine}\n`,
  );
  assert.match(await reason(ask(file, 'gate.example.com', 22)), /revoked/);
  assert.equal(await reason(ask(file, 'other.example.com', 22)), 'unknown');
});
