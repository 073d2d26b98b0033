import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import type { LedgerEntry } from '../../source/sandbox/endpoint/ledger.ts';
import { finish, lines, User } from './program.ts';
import { SandboxAccount } from './sandbox-account.ts';

const messages = (stdout: string): string =>
  lines(stdout)
    .filter(({ event }) => event === 'notice')
    .map(({ level, message }) => `${level} ${message}`)
    .join('\n');

const call =
  (action: string) =>
  (entry: LedgerEntry): boolean =>
    entry.type === 'call' && entry.action === action;

const launched = ({ type }: LedgerEntry): boolean => type === 'launched';

const moments: readonly (readonly [string, (entry: LedgerEntry) => boolean, string])[] = [
  ['has made its first security group', call('CreateSecurityGroup'), '=fast'],
  ['has made its first launch template', call('CreateLaunchTemplate'), '=fast'],
  // Not fast: EC2's lists are late.
  ['has launched its first instance', launched, ''],
  ['has launched and named', call('CreateTags'), '=fast'],
];

for (const [moment, isIt, speed] of moments) {
  test(`destroy leaves nothing of a create that is killed when it ${moment}`, async () => {
    const user = await User.create();
    const account = new SandboxAccount(user);
    try {
      const child = user.start(['create', `--sandbox${speed}`, '--ci', '--count', '6']);
      const ended = finish(child);
      await account.happened(isIt, child);
      child.kill('SIGKILL');
      assert.equal((await ended).status, null);
      const { status, stdout, stderr } = await user.run([
        'destroy',
        '--sandbox',
        '--yes',
        '--json',
      ]);
      assert.equal(status, 0, stdout + stderr);
      assert.match(
        messages(stdout),
        /^info proof: nothing tagged spot-tui:deployment=sandbox is left in \d+ regions$/m,
      );
      assert.deepEqual(await account.running(), []);
      assert.deepEqual(await account.tagged(), []);
    } finally {
      await user.remove();
    }
  });
}

suite('what is left where nobody looks', () => {
  let user: User;
  let account: SandboxAccount;
  let others: { readonly tagged: string[]; readonly running: string[] };
  const sandbox = ['--sandbox=fast', '--json'];

  before(async () => {
    user = await User.create();
    account = new SandboxAccount(user);
    const common = 'deployment: orchard\nsettle_time: 1s\naws: {scripts_directory: scripts}\n';
    await user.write('scripts/run.sh', 'true\n');
    await user.write('wide.yaml', `${common}regions: [us-west-2, eu-west-1]\n`);
    await user.write('narrow.yaml', `${common}regions: [us-west-2]\n`);
    // Somebody else's fleet: as long as it lives, the sandbox does.
    const other = await user.run(['create', '--count', '1', '--sandbox=fast', '--json']);
    assert.equal(other.status, 0, other.stdout);
    others = { tagged: await account.tagged(), running: await account.running() };
  });
  after(() => user.remove());

  const ownTagged = async () =>
    (await account.tagged()).filter((id) => !others.tagged.includes(id));
  const ownRunning = async () =>
    (await account.running()).filter((id) => !others.running.includes(id));

  const wide = [...sandbox, '--config', 'wide.yaml'];
  const narrow = [...sandbox, '--config', 'narrow.yaml'];

  test('a region that can’t be looked at is named, and the others are emptied', async () => {
    assert.equal((await user.run(['create', '--count', '2', ...wide])).status, 0);
    await account.inject({ kind: 'deny', action: '*', region: 'eu-west-1' });
    const { status, stdout } = await user.run(['destroy', '--yes', ...wide]);
    assert.equal(status, 3, stdout);
    assert.match(messages(stdout), /^error not looked at: eu-west-1: .*UnauthorizedOperation/m);
    assert.match(messages(stdout), /^info proof: .* \(not looked at: eu-west-1\)$/m);
    assert.deepEqual(
      lines(stdout)
        .filter(({ phase }) => phase === 'terminated')
        .map(({ node }) => node),
      ['us-west-2-1'],
    );
    assert.equal((await ownRunning()).length, 1);
  });

  test('and where the configuration does not name it, that is a warning', async () => {
    const { status, stdout } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 0, stdout);
    assert.match(messages(stdout), /^warning not looked at: eu-west-1: /m);
    await user.run(['sandbox', 'fault', 'clear']);
  });

  test('a region that was taken out of the configuration is emptied like the others', async () => {
    const dry = await user.run(['destroy', '--dry-run', ...narrow]);
    const { nodes, resources } = JSON.parse(dry.stdout);
    assert.deepEqual(nodes, ['eu-west-1-1']);
    assert.ok(resources.includes('security group spot-tui-orchard (eu-west-1)'), dry.stdout);
    const { status, stdout } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 0, stdout);
    assert.match(messages(stdout), /removed security group spot-tui-orchard \(eu-west-1\)/);
    assert.deepEqual(await ownRunning(), []);
    assert.deepEqual(await ownTagged(), []);
  });

  test('what a region without nodes has left is removed too, and others’ things are not', async () => {
    const client = await account.client('ap-south-1');
    const make = (GroupName: string, deployment: string) =>
      client.send(
        new CreateSecurityGroupCommand({
          GroupName,
          Description: GroupName,
          TagSpecifications: [
            {
              ResourceType: 'security-group',
              Tags: [{ Key: 'spot-tui:deployment', Value: deployment }],
            },
          ],
        }),
      );
    await make('spot-tui-orchard', 'orchard');
    const { GroupId } = await make('spot-tui-meadow', 'meadow');
    client.destroy();
    const { status, stdout } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 0, stdout);
    assert.match(messages(stdout), /removed security group spot-tui-orchard \(ap-south-1\)/);
    assert.deepEqual(await ownTagged(), [GroupId]);
  });

  test('what can’t be removed is named at the end, and the exit status says so', async () => {
    assert.equal((await user.run(['create', '--count', '1', ...narrow])).status, 0);
    await account.inject({ kind: 'deny', action: 'DeleteKeyPair' });
    const { status, stdout } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 1, stdout);
    assert.match(
      messages(stdout),
      /^error tagged spot-tui:deployment=orchard and left: key pair spot-tui-orchard-\w+ \(us-west-2\)$/m,
    );
    assert.doesNotMatch(messages(stdout), /proof: nothing/);
    await user.run(['sandbox', 'fault', 'clear']);
  });

  test('what can’t be looked for is no proof', async () => {
    await account.inject({ kind: 'deny', action: 'DescribeVolumes', region: 'us-west-2' });
    const { status, stdout } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 1, stdout);
    assert.match(messages(stdout), /^warning us-west-2: can't look for volumes to remove/m);
    assert.match(messages(stdout), /^error no proof that nothing tagged .* is left/m);
    await user.run(['sandbox', 'fault', 'clear']);
  });

  test('who may not list regions gets a proof for those of the configuration', async () => {
    await account.inject({ kind: 'deny', action: 'DescribeRegions' });
    const { status, stdout, stderr } = await user.run(['destroy', '--yes', ...narrow]);
    assert.equal(status, 0, stdout);
    assert.match(stderr, /warning: only the regions of the configuration are looked at/);
    assert.match(
      messages(stdout),
      /^info proof: .* is left in us-west-2 \(other regions were not looked at\)$/m,
    );
  });
});
