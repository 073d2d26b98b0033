import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { User } from './program.ts';

suite('bad input', () => {
  let user: User;
  before(async () => {
    user = await User.create();
  });
  after(() => user.remove());

  test('an old Node is told so before anything fails', async () => {
    await user.write(
      'pretend.mjs',
      "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });\n" +
        "Object.defineProperty(process, 'version', { value: 'v20.1.0' });\n",
    );
    const { status, stderr } = await user.run(['list'], {
      environment: { NODE_OPTIONS: '--import=./pretend.mjs' },
    });
    assert.equal(status, 2);
    assert.match(stderr, /^spot-tui: needs Node\.js 22 or later, this is v20\.1\.0\n/);
  });

  test('an unknown command is a usage error', async () => {
    const { status, stderr, stdout } = await user.run(['crate']);
    assert.equal(status, 2);
    assert.match(stderr, /^spot-tui: there is no command crate\n.*create/);
    assert.equal(stdout, '');
  });

  test('no option is there twice, and no value empty', async () => {
    for (const words of [
      ['create', '--count', '1', '--count', '2'],
      ['list', '--config', ''],
      ['list', '--timeout', '0s'],
      ['list', '--timeout', '25h61x'],
    ]) {
      const { status, stderr } = await user.run(words);
      assert.equal(status, 2, words.join(' '));
      assert.match(stderr, /^spot-tui: .*--(?:count|config|timeout).*\n {2}.+\n$/);
    }
  });

  test('init writes a starter once, and with --json prints nothing but JSON', async () => {
    const first = await user.run(['init', '--json']);
    assert.equal(first.status, 0);
    assert.ok(JSON.parse(first.stdout).written.includes('config.yaml'));
    const second = await user.run(['init', '--json']);
    assert.equal(second.status, 2);
    assert.equal(second.stdout, '');
    assert.match(second.stderr, /config\.yaml.* here already\n.*--force/);
    await rm(path.join(user.folder, 'config.yaml'));
  });

  test('a recording that is none is refused in words', async () => {
    await user.write('garbage.ndjson', '{"time":1}\n\u0000\n[]\n');
    for (const [file, reason] of [
      ['nowhere.ndjson', /there is no such file/],
      ['.', /it is a folder/],
      ['garbage.ndjson', /holds no events/],
    ] as const) {
      const { status, stderr } = await user.run(['replay', file]);
      assert.equal(status, 2);
      assert.match(stderr, reason);
    }
  });

  test('a missing configuration is one line that says what to do', async () => {
    const { status, stderr } = await user.run(['list']);
    assert.equal(status, 2);
    assert.match(stderr, /^config\.yaml: .*\n$/);
  });

  test('every mistake of a configuration is named with line and column', async () => {
    await user.write(
      'broken.yaml',
      'aws:\n  total_instances: many\nregions:\n  - us-west-2:\n      machine_type: 3\n',
    );
    const { status, stderr } = await user.run(['create', '--config', 'broken.yaml', '--ci']);
    assert.equal(status, 2);
    assert.match(stderr, /^broken\.yaml:2:20 aws\.total_instances: expected .*got "many"$/m);
    assert.match(
      stderr,
      /^broken\.yaml:5:21 regions\[0\]\.us-west-2\.machine_type: expected .*"t3\.medium", got 3$/m,
    );
  });

  test('files that the configuration names and that are missing stop create', async () => {
    await user.write(
      'missing.yaml',
      'aws:\n  scripts_directory: nowhere\n  private_ssh_key_path: no-key\nregions: [us-west-2]\n',
    );
    const { status, stderr } = await user.run(['create', '--config', 'missing.yaml', '--ci']);
    assert.equal(status, 2);
    assert.match(stderr, /^missing\.yaml:2:22 aws\.scripts_directory: /m);
    assert.match(stderr, /^missing\.yaml:3:25 aws\.private_ssh_key_path: /m);
  });

  test('the same only warns of a plan', async () => {
    const { status, stdout, stderr } = await user.run([
      'create',
      '--config',
      'missing.yaml',
      '--dry-run',
    ]);
    assert.equal(status, 0);
    assert.match(stdout, /3 to launch/);
    assert.match(stderr, /^warning: missing\.yaml:2:22 aws\.scripts_directory: /m);
  });

  test('without credentials the way to get some is named', async () => {
    const { status, stderr } = await user.run(['list', '--config', 'missing.yaml']);
    assert.equal(status, 3);
    assert.match(stderr, /credentials/i);
    assert.match(stderr, /aws (configure|sso login)/);
  });

  test('a region that the configuration does not have is a usage error', async () => {
    const { status, stderr } = await user.run([
      'list',
      '--config',
      'missing.yaml',
      '--region',
      'mars-1',
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /--region: .*us-west-2.*mars-1/);
  });

  test('an old configuration with three regions is accepted and planned', async () => {
    await user.write(
      'old.yaml',
      [
        'aws:',
        '  total_instances: 20',
        '  username: ubuntu',
        '  ssh_key_name: "my-aws-key-pair"',
        '  files_directory: "deployment-files"',
        '  scripts_directory: "instance/scripts"',
        '  cloud_init_template: "instance/cloud-init/init-vm-template.yml"',
        '  startup_script: "instance/scripts/startup.py"',
        '  bacalhau_data_dir: "/bacalhau_data"',
        '  bacalhau_node_dir: "/bacalhau_node"',
        '  bacalhau_config_template: "instance/config/config-template.yaml"',
        '  docker_compose_template: "instance/scripts/docker-compose.yaml"',
        '  instance_storage_gb: 20',
        '  associate_public_ip: true',
        '  tags:',
        '    Project: "MyProject"',
        'regions:',
        '  - us-west-2:',
        '      machine_type: "t3.medium"',
        '      image: "auto"',
        '  - us-east-1:',
        '      machine_type: "t3.medium"',
        '      image: "auto"',
        '  - eu-west-1:',
        '      machine_type: "t3.medium"',
        '      image: "auto"',
        '',
      ].join('\n'),
    );
    const { status, stdout } = await user.run(['create', '--config', 'old.yaml', '--dry-run']);
    assert.equal(status, 0);
    assert.match(stdout, /us-west-2 +7 .*\nus-east-1 +7 .*\neu-west-1 +6 /);
  });

  test('ssh without a node says which there are', async () => {
    const { status, stderr } = await user.run(['ssh', '--sandbox=fast']);
    assert.equal(status, 2);
    assert.match(stderr, /which node\?/);
  });
});
