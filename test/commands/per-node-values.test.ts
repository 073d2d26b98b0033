import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type ProgramResult, User } from './program.ts';

const token = 'two "lines"\nand $HOME';

const config = [
  'deployment: fleet',
  'settle_time: 1s',
  'aws:',
  '  total_instances: 2',
  '  scripts_directory: scripts',
  '  config_directory: config',
  '  units_directory: services',
  'regions: [us-west-2]',
  'secrets: {token: "env:TOKEN"}',
  '',
].join('\n');

const template = (...more: string[]) =>
  [
    '{ "name": "{{node.name}}", "index": {{index}}, "region": "{{region}}",',
    '"instance": "{{instance.id}}", "deployment": "{{deployment}}",',
    '"identity": "{{identity}}", "token": "{{secret.token}}" }',
    ...more,
    '',
  ].join('\n');

const unit = (name: string, more = '') =>
  `[Service]\n${more}ExecStart=/opt/uploaded_files/scripts/${name}.sh\n[Install]\nWantedBy=multi-user.target\n`;

/** Files that say on each node what that node is. */
suite('a fleet whose files have per-node values', () => {
  let user: User;
  let created: ProgramResult;
  const options = { environment: { TOKEN: token } };
  const run = (...words: string[]) => user.run(words, options);
  /** What a command prints on each node. */
  const outputs = async (command: string): Promise<string[]> => {
    const { status, stdout, stderr } = await run('exec', '--sandbox', '--json', '--', command);
    assert.equal(status, 0, stdout + stderr);
    const { nodes }: { nodes: { node: string; output: string }[] } = JSON.parse(stdout);
    return nodes.sort((a, b) => (a.node < b.node ? -1 : 1)).map(({ output }) => output);
  };
  const applied = async () =>
    (await outputs('cat /opt/uploaded_files/config/app.json')).map((text) => JSON.parse(text));
  const invocations = async (service: string) =>
    outputs(`systemctl show --property=InvocationID --value ${service}`);

  before(async () => {
    user = await User.create();
    await user.write('config.yaml', config);
    await user.write('config/app.json.template', template());
    await user.write('scripts/web.sh', '#!/bin/sh\nexec sleep 1000 # app.json\n');
    await user.write(
      'scripts/other.sh.template',
      '#!/bin/sh\n# "{{node.name}}"\nexec sleep 1000\n',
    );
    for (const name of ['web.sh', 'other.sh.template']) {
      await chmod(path.join(user.folder, 'scripts', name), 0o755);
    }
    await user.write('services/web.service', unit('web'));
    await user.write(
      'services/other.service',
      unit('other', 'EnvironmentFile=/var/lib/spot-tui/node.env\n'),
    );
    created = await run('create', '--sandbox=fast', '--json');
    assert.equal(created.status, 0, created.stdout + created.stderr);
  });
  after(() => user.remove());

  test('has on each node what that one is, and its secrets', async () => {
    const nodes = await applied();
    assert.deepEqual(
      nodes.map(({ name, index, region, deployment }) => [name, index, region, deployment]),
      [
        ['us-west-2-1', 1, 'us-west-2', 'fleet'],
        ['us-west-2-2', 2, 'us-west-2', 'fleet'],
      ],
    );
    for (const { instance, identity, token: secret } of nodes) {
      assert.match(instance, /^i-/);
      assert.match(identity, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.equal(secret, token);
    }
    assert.notEqual(nodes[0].identity, nodes[1].identity);
    assert.ok(!(created.stdout + created.stderr).includes('and $HOME'));
  });

  test('has no template there, and closes what holds a secret', async () => {
    const [found = ''] = await outputs(
      'cd /opt/uploaded_files && ls config scripts && ls -l config',
    );
    assert.ok(!found.includes('.template'), found);
    assert.match(found, /^-rw------- .* app\.json$/m);
  });

  test('gives units the same by their environment', async () => {
    const [environment = ''] = await outputs('cat /var/lib/spot-tui/node.env');
    const [{ identity }] = await applied();
    assert.match(environment, /^SPOT_TUI_NODE=us-west-2-1$/m);
    assert.match(environment, new RegExp(`^SPOT_TUI_IDENTITY=${identity}$`, 'm'));
  });

  test('is found well, since what is filled in is what was installed', async () => {
    const { status, stdout } = await run('doctor', '--sandbox');
    assert.equal(status, 0, stdout);
  });

  test('gets a changed template by push, which restarts the service that reads it', async () => {
    const ran = { web: await invocations('web'), other: await invocations('other') };
    const nodes = await applied();
    await user.write('config/app.json.template', template().replace('"name"', '"called"'));
    const { status, stdout, stderr } = await run('push', '--sandbox', '--json');
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(
      await applied(),
      nodes.map(({ name, ...rest }) => ({ called: name, ...rest })),
    );
    assert.deepEqual(await invocations('other'), ran.other);
    for (const [index, invocation] of (await invocations('web')).entries()) {
      assert.notEqual(invocation, ran.web[index]);
    }
  });

  test('is told of a typo with its line, before anything is sent or launched', async () => {
    await user.write('config/app.json.template', template('{{node.nmae}}'));
    for (const words of [['validate'], ['push'], ['create', '--count', '3']]) {
      const { status, stdout, stderr } = await run(...words, '--sandbox');
      assert.equal(status, 2, `${words}: ${stdout}${stderr}`);
      assert.match(
        stdout + stderr,
        /config\/app\.json\.template:4: there is no \{\{node\.nmae\}\}, did you mean \{\{node\.name\}\}\?/,
      );
    }
    assert.equal((await applied()).length, 2);
  });
});
