import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, realpath, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mirroringCheckout, oldCheckout, snapshotOf, writeOldCheckout } from '../old-checkout.ts';
import { lines, User } from './program.ts';

/** What `init --from --json` prints, as far as the tests look into it. */
type Report = {
  readonly configuration: string;
  readonly taken: readonly { readonly from: string; readonly to: string }[];
  readonly made: readonly string[];
  readonly changed: readonly { readonly key: string; readonly to: unknown }[];
  readonly leftOut: readonly {
    readonly what: readonly string[];
    readonly reason: string;
    readonly instead?: string;
  }[];
  readonly secrets: readonly string[];
  readonly toDo: readonly string[];
};

describe('init --from a checkout of the old scripts', () => {
  let user: User;
  beforeEach(async () => {
    user = await User.create();
  });
  afterEach(() => user.remove());

  const old = () => path.join(user.folder, 'old');
  const fleet = (name: string) => readFile(path.join(user.folder, 'fleet', name), 'utf8');
  const begin = async (): Promise<Report> => {
    const { status, stderr, stdout } = await user.run(['init', '--from', 'old', 'fleet', '--json']);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  /** What runs need not run for long to count as started. */
  const settleSoon = async () =>
    user.write('fleet/config.yaml', `${await fleet('config.yaml')}\nsettle_time: 1s\n`);
  const why = ({ leftOut }: Report, what: string) => {
    const row = leftOut.find((each) => each.what.some((name) => name.includes(what)));
    assert.ok(row, `${what} is not among what was left out`);
    return `${row.reason}; ${row.instead ?? ''}`;
  };

  test('reaches ready in the sandbox as it is taken over', async () => {
    await writeOldCheckout(old(), oldCheckout);
    await begin();
    await settleSoon();
    const { status, stderr, stdout } = await user.run([
      'create',
      '--sandbox=fast',
      '--json',
      '--count',
      '1',
      '--config',
      'fleet/config.yaml',
    ]);
    assert.equal(status, 0, stderr + stdout);
    assert.equal(lines(stdout).at(-1)?.ready, 1);
    const asked = await user.run([
      ...['exec', '--sandbox', '--config', 'fleet/config.yaml', '--'],
      'cat /opt/from-the-template /opt/sensor/config/sensor-config.yaml /bacalhau_node/config.yaml; stat -c %a /opt/uploaded_files/orchestrator_token',
    ]);
    for (const part of ['for the sensors', 'readings_per_second', '"an-old-token"', '600']) {
      assert.ok(asked.stdout.includes(part), asked.stdout);
    }
  });

  test('takes scripts, units, configuration and files, each into its folder', async () => {
    await writeOldCheckout(old(), oldCheckout);
    const before = await snapshotOf(old());
    const report = await begin();
    assert.deepEqual(await snapshotOf(old()), before);

    const places = new Map(report.taken.map(({ from, to }) => [from, to]));
    for (const [from, to] of [
      ['instance/scripts/bacalhau.service', 'services/bacalhau.service'],
      ['instance/scripts/startup.sh', 'scripts/startup.sh'],
      ['instance/config/sensor-config.yaml', 'config/sensor-config.yaml'],
      ['files/deployment_data.csv', 'files/deployment_data.csv'],
      ['additional_commands.sh', 'scripts/additional_commands.sh'],
      ['instance/cloud-init/init-vm-template.yml', 'cloud-init.yaml'],
    ] as const) {
      assert.equal(places.get(from), to);
    }
    const written = (await readdir(path.join(user.folder, 'fleet'), { recursive: true })).sort();
    const told = [...places.values(), ...report.made];
    for (const name of told) assert.ok(written.includes(name), name);
    for (const name of written) {
      assert.ok(
        told.some((each) => each === name || each.startsWith(`${name}/`)),
        name,
      );
    }
    const { mode } = await stat(path.join(user.folder, 'fleet/scripts/startup.sh'));
    assert.equal(mode & 0o111, 0o111);
  });

  test('keeps the configuration with its comments, but for what has to change', async () => {
    await writeOldCheckout(old(), oldCheckout);
    const { changed } = await begin();
    const text = await fleet('config.yaml');
    assert.match(text, /^# yaml-language-server: \$schema=config\.schema\.json\n/);
    for (const part of [
      '# Our fleet for the sensors',
      '  # How many we need at least\n  total_instances: 2\n',
      `  public_ssh_key_path: ${old()}/keys/fleet.pub # made in May\n`,
      '  # Everything in here is uploaded\n  files_directory: "files"\n',
      '  scripts_directory: "scripts"\n  config_directory: config\n  units_directory: services\n',
      '  cloud_init_template: "cloud-init.yaml"\n',
      '  bacalhau_config_template: "config/bacalhau-config-template.yaml"\n',
      '  # ---- NETWORK ----\n',
      '  instance_storage_gb: 30\n',
      '  # The first one is the cheapest\n  - us-west-2:\n',
    ]) {
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
    }
    assert.doesNotMatch(text, /security_group_name|One group for all|docker_compose_template/);
    assert.deepEqual(
      changed.find(({ key }) => key === 'aws.additional_commands_script')?.to,
      'scripts/additional_commands.sh',
    );
  });

  test('says what it left out, why, and what to do instead', async () => {
    await writeOldCheckout(old(), oldCheckout);
    const report = await begin();
    assert.match(why(report, 'aws.security_group_name (config.yaml:26)'), /not used any more/);
    assert.match(why(report, 'aws.docker_compose_template'), /docker-compose\.yaml is not there/);
    assert.match(why(report, 'deploy_services.py'), /configure-services/);
    assert.match(why(report, 'debug_runner.sh'), /spot-tui doctor/);
    assert.match(why(report, 'debug_test_services.sh'), /spot-tui doctor/);
    assert.match(why(report, 'collect-debug-logs.sh'), /spot-tui doctor/);
    assert.match(why(report, 'fix_docker.sh'), /spot-tui configure/);
    assert.match(why(report, 'delete_vpcs.py'), /spot-tui destroy/);
    assert.match(why(report, 'deploy_spot.py'), /host key checks off.*spot-tui create/);
    assert.match(why(report, 'spot-dev.sh'), /SSO/);
    assert.match(why(report, 'instances.json'), /EC2’s tags/);
    assert.match(why(report, 'orchestrator_token.example'), /example/);
    assert.match(
      why(report, 'files/scripts/additional_commands.sh'),
      /additional_commands\.sh lands/,
    );
    assert.match(why(report, 'power_state in instance/cloud-init'), /reboot/);
    assert.match(why(report, '/tmp/packed-scripts.tar.gz'), /uploaded over SSH/);
    assert.match(why(report, '`systemctl enable bacalhau.service`'), /configure-services starts/);
    assert.match(why(report, '1 command of runcmd'), /Docker|key/);
    assert.equal(
      await fleet('cloud-init.yaml').then((text) => text.replace(/\n {2}# the log[\s\S]*/, '')),
      '#cloud-config\nruncmd:\n  # The sensors need it\n  - echo "for the sensors" > /opt/from-the-template',
    );

    const toDo = report.toDo.join('\n');
    assert.match(toDo, /identity\.sh: the metadata service is asked without a token/);
    assert.match(toDo, /sensor-generator\.service: requires setup-config\.service/);
    assert.match(toDo, /bacalhau\.service, sensor-generator\.service: output goes to a file/);
    assert.match(toDo, /config\.yaml:\d+:\d+ aws\.public_ssh_key_path: /);
  });

  test('keeps git from secrets, and nodes’ other users', async () => {
    await writeOldCheckout(old(), oldCheckout);
    await user.write('fleet/.gitignore', '*.log\n');
    const { secrets } = await begin();
    assert.deepEqual(secrets, ['files/credentials.json', 'files/orchestrator_token']);
    assert.equal(
      await fleet('.gitignore'),
      '*.log\n\n# Secrets: nodes get them, a repository does not.\n/files/credentials.json\n/files/orchestrator_token\n',
    );
    for (const name of secrets) {
      const { mode } = await stat(path.join(user.folder, 'fleet', name));
      assert.equal(mode & 0o077, 0, name);
    }
  });

  test('tells people the same', async () => {
    await writeOldCheckout(old(), oldCheckout);
    const { status, stdout } = await user.run(['init', '--from', 'old', 'fleet']);
    assert.equal(status, 0);
    for (const part of [
      /^Took from old, which stays as it is, into fleet:\n/,
      / {2}instance\/scripts\/bacalhau\.service +→ services\/bacalhau\.service\n/,
      / {2}startup_script +instance\/scripts\/startup\.sh → scripts\/startup\.sh\n/,
      /\nLeft out:\n/,
      /\n {2}debug_runner\.sh, debug_test_services\.sh\n {4}looks at a node by hand; instead: /,
      /\nSecrets, .*:\n {2}files\/credentials\.json\n/,
      /\nLook at this before you create:\n {2}- /,
      /Next: `cd fleet`, `spot-tui validate`/,
    ]) {
      assert.match(stdout, part);
    }
  });

  test('takes the layout that mirrors the nodes’ root, and puts its files there', async () => {
    await writeOldCheckout(old(), mirroringCheckout);
    const report = await begin();
    assert.match(why(report, 'setup.sh'), /startup_script/);
    assert.ok(report.leftOut.some(({ what }) => what.includes('files')));
    await settleSoon();
    const { status, stderr, stdout } = await user.run([
      'create',
      '--sandbox=fast',
      '--json',
      '--config',
      'fleet/config.yaml',
    ]);
    assert.equal(status, 0, stderr + stdout);
    const asked = await user.run([
      ...['exec', '--sandbox', '--config', 'fleet/config.yaml', '--'],
      'cat /opt/uploaded_files/greeting /bacalhau_node/config.yaml; ls /opt/compose; /usr/local/bin/greet',
    ]);
    for (const part of ['hello', '"an-old-token"', 'docker-compose-bacalhau.yaml']) {
      assert.ok(asked.stdout.includes(part), asked.stdout + asked.stderr);
    }
  });

  test('takes the example where there is nothing else, and says so', async () => {
    const { 'config.yaml': text, ...rest } = oldCheckout;
    await writeOldCheckout(old(), { ...rest, 'config.yaml.example': text ?? '' });
    const { configuration, toDo } = await begin();
    assert.equal(configuration, 'config.yaml.example');
    assert.match(toDo.join('\n'), /made of config\.yaml\.example/);
  });

  test('takes a configuration that has secrets already, and looks none of them up', async () => {
    const { 'config.yaml': text, ...rest } = oldCheckout;
    const secrets = 'secrets: {token: "env:NOT_SET_HERE"}\n';
    await writeOldCheckout(old(), { ...rest, 'config.yaml': `${text}\n${secrets}` });
    assert.doesNotMatch((await begin()).toDo.join('\n'), /NOT_SET_HERE/);
    assert.match(await fleet('config.yaml'), /env:NOT_SET_HERE/);
  });

  test('tells which files are links out of the checkout, and where these lead', async () => {
    await writeOldCheckout(old(), oldCheckout);
    await user.write('elsewhere/notes.txt', 'private');
    await symlink('../../elsewhere/notes.txt', path.join(old(), 'files/notes.txt'));
    await symlink('notes.txt', path.join(old(), 'files/same.txt'));
    await symlink('../config.yaml', path.join(old(), 'files/within.yaml'));
    const told = (await begin()).toDo.filter((line) => line.includes('a link out of'));
    assert.deepEqual(
      told.map((line) => line.split(':')[0]),
      ['files/notes.txt', 'files/same.txt'],
    );
    const place = await realpath(path.join(user.folder, 'elsewhere/notes.txt'));
    assert.ok(
      told.every((line) => line.includes(`a copy of ${place}`)),
      told.join('\n'),
    );
  });

  test('says what it looked for where there is no checkout', async () => {
    await mkdir(old());
    for (const [words, message] of [
      [['old'], /old is no checkout of the old deployer: there is no configuration in it/],
      [['nowhere'], /can't read the old checkout nowhere: there is no such file or folder/],
    ] as const) {
      const { status, stderr } = await user.run(['init', '--from', ...words, 'fleet']);
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
    const { stderr } = await user.run(['init', '--from', 'old', 'fleet']);
    assert.match(stderr, /Looked for config\.yaml, .* instance, instance-files, files/);
    await assert.rejects(stat(path.join(user.folder, 'fleet')));
  });

  test('overwrites nothing unless told to, and writes nothing into the old checkout', async () => {
    await writeOldCheckout(old(), oldCheckout);
    await user.write('fleet/config.yaml', 'mine: true\n');
    const refused = await user.run(['init', '--from', 'old', 'fleet']);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /config\.yaml exists in fleet already/);
    assert.deepEqual(await readdir(path.join(user.folder, 'fleet')), ['config.yaml']);
    const forced = await user.run(['init', '--from', 'old', 'fleet', '--force']);
    assert.equal(forced.status, 0, forced.stderr);
    assert.match(await fleet('config.yaml'), /total_instances/);

    const before = await snapshotOf(old());
    for (const folder of ['old', 'old/fleet']) {
      const { status, stderr } = await user.run(['init', '--from', 'old', folder]);
      assert.equal(status, 2);
      assert.match(stderr, /is in the old checkout/);
    }
    assert.deepEqual(await snapshotOf(old()), before);
  });

  test('leaves nothing half-written where it can’t go on', async () => {
    await writeOldCheckout(old(), { ...oldCheckout, 'config.yaml': 'aws: {a: 1\n' });
    const broken = await user.run(['init', '--from', 'old', 'fleet']);
    assert.equal(broken.status, 2);
    assert.match(broken.stderr, /old\/config\.yaml:\d+:\d+/);
    await writeOldCheckout(old(), oldCheckout);
    await mkdir(path.join(user.folder, 'fleet/scripts/startup.sh'), { recursive: true });
    const blocked = await user.run(['init', '--from', 'old', 'fleet', '--force']);
    assert.equal(blocked.status, 2);
    assert.match(blocked.stderr, /startup\.sh is a folder/);
    assert.deepEqual(await readdir(path.join(user.folder, 'fleet')), ['scripts']);
    await user.write('flat/scripts', 'no folder');
    const flat = await user.run(['init', '--from', 'old', 'flat', '--force']);
    assert.equal(flat.status, 2);
    assert.match(flat.stderr, /scripts is a file, where a folder of that name belongs/);
    assert.deepEqual(await readdir(path.join(user.folder, 'flat')), ['scripts']);
    const both = await user.run(['init', '--from', 'old', '--template', 'minimal', 'other']);
    assert.equal(both.status, 2);
    assert.match(both.stderr, /--from and --template are two beginnings/);
  });
});
