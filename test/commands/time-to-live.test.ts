import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeLaunchTemplatesCommand,
} from '@aws-sdk/client-ec2';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { User } from './program.ts';
import { SandboxAccount } from './sandbox-account.ts';

/** Two deployments of one account, of which one is not to live for ever. */
suite('a fleet with a time to live', () => {
  let user: User;
  let account: SandboxAccount;
  const mortal = ['--sandbox=fast', '--json', '--config', 'mortal.yaml'];
  const immortal = ['--sandbox=fast', '--json', '--config', 'immortal.yaml'];
  // The working folder has no config.yaml: none is needed.
  const anywhere = ['--sandbox', '--json'];

  type Node = { node: string; instanceId: string; expiresAt: string | null };
  const nodes = async (words: readonly string[]): Promise<Node[]> =>
    JSON.parse((await user.run(['list', ...words])).stdout).nodes;

  const templateOf = async (name: string): Promise<string> => {
    const client = await account.client('us-west-2');
    const { LaunchTemplates = [] } = await client.send(
      new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }),
    );
    client.destroy();
    return LaunchTemplates[0]?.LaunchTemplateId ?? '';
  };

  const expire = async (ids: readonly string[]): Promise<void> => {
    const client = await account.client('us-west-2');
    await client.send(
      new CreateTagsCommand({
        Resources: [...ids],
        Tags: [{ Key: 'spot-tui:expires', Value: new Date(Date.now() - 60_000).toISOString() }],
      }),
    );
    client.destroy();
  };

  before(async () => {
    user = await User.create();
    account = new SandboxAccount(user);
    const common = 'settle_time: 1s\naws: {scripts_directory: scripts}\nregions: [us-west-2]\n';
    await user.write('scripts/run.sh', 'true\n');
    await user.write('mortal.yaml', `deployment: mortal\nttl: 8h\n${common}`);
    await user.write('immortal.yaml', `deployment: immortal\n${common}`);
    for (const [words, count] of [
      [mortal, '2'],
      [immortal, '1'],
    ] as const) {
      const { status, stdout } = await user.run(['create', '--count', count, ...words]);
      assert.equal(status, 0, stdout);
    }
  });
  after(() => user.remove());

  test('its nodes say when they expire, and those of others don’t', async () => {
    for (const { expiresAt } of await nodes(mortal)) {
      const left = Date.parse(expiresAt ?? '') - Date.now();
      assert.ok(left > 7 * 3_600_000 && left <= 8 * 3_600_000, String(expiresAt));
    }
    assert.deepEqual(
      (await nodes(immortal)).map(({ expiresAt }) => expiresAt),
      [null],
    );
    const table = await user.run(['list', '--sandbox', '--config', 'mortal.yaml']);
    assert.match(table.stdout, /^NODE .* LAUNCHED +EXPIRES +PRICE\/H\n/);
  });

  test('all deployments are listed without a configuration, with what they cost', async () => {
    const { status, stdout } = await user.run(['list', '--all-deployments', ...anywhere]);
    assert.equal(status, 0);
    const answer = JSON.parse(stdout);
    const schema = JSON.parse(await readFile('templates/deployments.schema.json', 'utf8'));
    const isAnswer = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);
    assert.ok(isAnswer(JSON.parse(stdout)), JSON.stringify(isAnswer.errors));
    assert.deepEqual(
      answer.deployments.map((each: Record<string, unknown>) => [
        each.deployment,
        each.nodes,
        each.regions,
      ]),
      [
        ['immortal', { running: 1 }, ['us-west-2']],
        ['mortal', { running: 2 }, ['us-west-2']],
      ],
    );
    const [immortalPrice, mortalPrice] = answer.deployments.map(
      ({ pricePerHour }: { pricePerHour: number }) => pricePerHour,
    );
    assert.ok(immortalPrice > 0 && mortalPrice > immortalPrice, stdout);
    const table = await user.run(['list', '--all-deployments', '--sandbox']);
    assert.match(
      table.stdout,
      /^immortal +1 running +us-west-2 +t3\.medium +\d+\w+ +- +\$0\.\d+$/m,
    );
    assert.match(table.stdout, /^mortal +2 running +.* in 7h5\dm +\$0\.\d+$/m);
    assert.match(
      table.stdout,
      /^2 deployments, looked for in \d+ regions: \$0\.\d+ an hour, plus/m,
    );
  });

  test('what has not expired is left alone', async () => {
    const { status, stdout } = await user.run(['destroy', '--expired', '--yes', ...anywhere]);
    assert.equal(status, 0);
    assert.match(stdout, /nothing has expired in \d+ regions/);
    assert.equal((await account.running()).length, 3);
  });

  test('create gives its nodes their time anew', async () => {
    await expire((await nodes(mortal)).map(({ instanceId }) => instanceId));
    assert.equal((await user.run(['create', '--count', '2', ...mortal])).status, 0);
    const dry = await user.run(['destroy', '--expired', '--dry-run', ...anywhere]);
    assert.deepEqual(JSON.parse(dry.stdout), { expired: [] });
  });

  test('a node whose time is over goes alone, once somebody has agreed', async () => {
    const [first] = await nodes(mortal);
    assert.ok(first);
    await expire([first.instanceId]);
    const json = await user.run(['destroy', '--expired', '--dry-run', ...anywhere]);
    const schema = JSON.parse(await readFile('templates/expired.schema.json', 'utf8'));
    const isAnswer = new Ajv2020({ strict: true }).compile(schema);
    assert.ok(isAnswer(JSON.parse(json.stdout)), JSON.stringify(isAnswer.errors));
    assert.ok(!isAnswer({ expired: [{ deployment: 'mortal' }] }));
    assert.deepEqual(JSON.parse(json.stdout).expired[0].instanceIds, [first.instanceId]);
    const dry = await user.run(['destroy', '--expired', '--dry-run', '--sandbox']);
    assert.equal(dry.stdout, `Would terminate ${first.instanceId} of mortal (us-west-2).\n`);
    const asked = await user.run(['destroy', '--expired', ...anywhere]);
    assert.equal(asked.status, 2);
    assert.match(asked.stderr, /nobody to ask: Terminate a node of mortal, whose time is over\?/);
    assert.equal((await account.running()).length, 3);
    const { status, stdout } = await user.run(['destroy', '--expired', '--yes', ...anywhere]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, new RegExp(`terminated ${first.instanceId} of mortal`));
    assert.doesNotMatch(stdout, /removed/);
    assert.equal((await nodes(mortal)).length, 1);
  });

  test('the last one takes what was made for the deployment along, and nothing of others', async () => {
    // A crash right after a launch leaves instances without a time of their own.
    const client = await account.client('us-west-2');
    const Resources = (await nodes(mortal)).map(({ instanceId }) => instanceId);
    await client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'spot-tui:expires' }] }));
    client.destroy();
    await expire([await templateOf('spot-tui-mortal')]);
    const { status, stdout } = await user.run(['destroy', '--expired', '--yes', ...anywhere]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /removed security group spot-tui-mortal \(us-west-2\)/);
    assert.doesNotMatch(stdout, /immortal/);
    const { deployments } = JSON.parse(
      (await user.run(['list', '--all-deployments', ...anywhere])).stdout,
    );
    assert.deepEqual(
      deployments.map(({ deployment }: { deployment: string }) => deployment),
      ['immortal'],
    );
    assert.equal((await account.running()).length, 1);
  });

  test('nodes can’t be named together with --expired', async () => {
    const { status, stderr } = await user.run(['destroy', 'us-west-2-1', '--expired', '--sandbox']);
    assert.equal(status, 2);
    assert.match(stderr, /destroy --expired takes no nodes/);
  });
});
