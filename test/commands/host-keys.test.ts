import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { lines, User } from './program.ts';

suite('host keys', () => {
  let user: User;
  /** The first node's machine, and the fingerprint of its key. */
  let instanceId: string;
  let fingerprint: string;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--json', '--count', '1']);
    assert.equal(created.status, 0, created.stderr);
    const known = lines(created.stdout).findLast(({ event }) => event === 'instance');
    assert.equal(known?.hostKey, 'verified');
    instanceId = String(known?.instanceId);
    fingerprint = String(known?.hostKeyFingerprint);
    assert.match(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
  });
  beforeEach(async () => {
    await user.run(['sandbox', 'fault', 'clear']);
  });
  after(() => user.remove());

  /** As on another machine, which has seen none of the nodes. */
  const forgetPins = () => rm(pinsFolder(), { recursive: true });

  const pinsFolder = () => path.join(user.home, '.local/state/spot-tui/known-hosts');

  const readPins = async (): Promise<string> => {
    const files = await readdir(pinsFolder());
    return readFile(path.join(pinsFolder(), files[0] ?? ''), 'utf8');
  };

  const greet = (node: string) => user.run(['exec', '--sandbox', node, '--', 'echo', 'hello']);

  test('verified by the console are pinned as such, and listed', async () => {
    assert.match(
      await readPins(),
      new RegExp(`^${instanceId} ssh-ed25519 .* spot-tui:verified$`, 'm'),
    );
    const list = await user.run(['list', '--sandbox', '--json']);
    assert.equal(JSON.parse(list.stdout).nodes[0].hostKey, 'verified');
  });

  test('verified by one are trusted by others, whose console shows nothing', async () => {
    await forgetPins();
    await user.run(['sandbox', 'fault', 'deny', 'GetConsoleOutput']);
    const { status, stdout, stderr } = await greet('us-west-2-1');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /hello/);
    assert.match(await readPins(), /spot-tui:verified$/m);
  });

  test('are verified before the system’s ssh is called', async () => {
    await forgetPins();
    const words = ['ssh', '--sandbox', 'us-west-2-1', '--', 'echo', 'hello'];
    const { status, stdout, stderr } = await user.run(words);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'hello\n');
    assert.match(await readPins(), /spot-tui:verified$/m);
  });

  test('other than the one that was verified at launch are refused, pinned or not', async () => {
    const record = async (value: string): Promise<void> => {
      const address = path.join(user.home, '.local/state/spot-tui/sandbox/sandbox.json');
      const { accessKeyId, url: endpoint } = JSON.parse(await readFile(address, 'utf8'));
      const credentials = { accessKeyId, secretAccessKey: 'any' };
      const client = new EC2Client({ region: 'us-west-2', endpoint, credentials });
      const Tags = [{ Key: 'spot-tui:host-key', Value: value }];
      await client.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));
      client.destroy();
    };
    await record(`SHA256:${'A'.repeat(43)}`);
    try {
      for (const words of [['exec'], ['ssh'], ['exec', '--json']]) {
        const { status, stdout, stderr } = await user.run([
          ...[...words, '--sandbox', 'us-west-2-1', '--', 'echo', 'hello'],
        ]);
        assert.equal(status, 1);
        assert.match(stdout + stderr, /SHA256:A{43} was verified when i-\w+ was launched/);
        assert.ok((stdout + stderr).includes(`offers ssh-ed25519 ${fingerprint}`));
        await rm(pinsFolder(), { recursive: true, force: true });
      }
    } finally {
      await record(fingerprint);
    }
  });

  test('that nobody vouches for fail a node in CI, or are pinned with a mark', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'GetConsoleOutput']);
    await user.run(['init']);
    const create = ['create', '--sandbox', '--json', '--count', '2'];
    const refused = await user.run(create);
    assert.equal(refused.status, 1);
    const failed = lines(refused.stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.node, 'us-east-1-1');
    assert.equal(failed?.failedPhase, 'connecting');
    assert.match(String(failed?.reason), /nobody vouches for ssh-ed25519 SHA256:.*UnauthorizedOp/);
    assert.match(String(failed?.hint), /ec2:GetConsoleOutput/);
    assert.match(String(failed?.hint), /aws ec2 get-console-output .*unverified_host_keys: pin/);

    await appendFile(path.join(user.folder, 'config.yaml'), '\nunverified_host_keys: pin\n');
    const pinned = await user.run(create);
    assert.equal(pinned.status, 0, pinned.stdout);
    const told = lines(pinned.stdout);
    assert.equal(told.find((line) => line.hostKey === 'pinned')?.node, 'us-east-1-1');
    assert.match(
      String(told.find(({ message }) => String(message).startsWith('the host key'))?.message),
      /^the host key of 1 node could not be verified, .*: us-east-1-1$/,
    );
    const list = await user.run(['list', '--sandbox']);
    assert.match(list.stdout, /^Nobody vouches for the host key of us-east-1-1: /m);
    const words = ['ssh', '--sandbox', 'us-east-1-1', '--', 'echo', 'hello'];
    const shell = await user.run(words);
    assert.equal(shell.stdout, 'hello\n');
    assert.match(shell.stderr, /us-east-1-1: warning: nobody vouches for its host key SHA256:/);
    const observed = await user.run(['--sandbox', '--ci']);
    assert.equal(observed.status, 0, observed.stdout);
    assert.match(observed.stdout, /us-east-1-1 +unverified +host key: nobody vouches for SHA256:/);
    assert.doesNotMatch(observed.stdout, /us-west-2-1 +unverified/);
  });
});
