import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { lines, type ProgramResult, User } from './program.ts';

/** A fleet of one's own files, while these change and go. */
suite('the files of a fleet', () => {
  let user: User;
  let created: ProgramResult;
  const sandbox = ['--sandbox', '--json'];

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    await user.write(
      'config.yaml',
      [
        'deployment: fleet',
        'settle_time: 1s',
        'aws:',
        '  total_instances: 1',
        '  scripts_directory: scripts',
        '  config_directory: config',
        '  units_directory: services',
        '  cloud_init_template: additions.yaml',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    await user.write('additions.yaml', '#cloud-config\npower_state: {mode: reboot}\n');
    created = await user.run(['create', '--sandbox=fast', '--json']);
    assert.equal(created.status, 0, created.stderr);
  });
  after(() => user.remove());

  test('what is left out of the cloud-config is a warning among the events', () => {
    const [first, second] = lines(created.stdout);
    assert.equal(first?.event, 'fleet');
    assert.equal(second?.level, 'warning');
    assert.match(String(second?.message), /additions\.yaml: left out power_state/);
  });

  test('push needs what nodes are sent, and not what new ones boot with', async () => {
    await rm(path.join(user.folder, 'additions.yaml'));
    await user.write('config/added.txt', 'hello\n');
    const pushed = await user.run(['push', ...sandbox]);
    assert.equal(pushed.status, 0, pushed.stdout + pushed.stderr);
    const found = await user.run([
      ...['exec', '--sandbox', '--'],
      'cat /opt/uploaded_files/config/added.txt',
    ]);
    assert.match(found.stdout, /^hello$/m);
  });

  test('push puts back what somebody has changed on a node', async () => {
    const onNode = (command: string) => user.run(['exec', '--sandbox', '--', command]);
    const file = '/opt/uploaded_files/config/added.txt';
    await onNode(`echo edited >${file}`);
    assert.equal((await user.run(['doctor', ...sandbox])).status, 1);
    const pushed = await user.run(['push', ...sandbox]);
    assert.equal(pushed.status, 0, pushed.stdout + pushed.stderr);
    assert.match((await onNode(`cat ${file}`)).stdout, /^hello$/m);
  });

  test('create needs both, and launches nothing without', async () => {
    const { status, stdout, stderr } = await user.run(['create', ...sandbox, '--count', '2']);
    assert.equal(status, 2);
    assert.match(stderr, /^config\.yaml:8:\d+ aws\.cloud_init_template: .*no such file/);
    assert.equal(stdout, '');
  });

  test('push of files that are gone names all of them, and touches no node', async () => {
    await rm(path.join(user.folder, 'scripts'), { recursive: true });
    await rm(path.join(user.folder, 'services'), { recursive: true });
    const { status, stdout, stderr } = await user.run(['push', ...sandbox]);
    assert.equal(status, 2);
    assert.match(stderr, /scripts_directory: .*no such file or folder\n.*units_directory: /);
    assert.equal(stdout, '');
  });

  test('whoever has no files here can still attach, examine, configure and read logs', async () => {
    for (const words of [[], ['doctor'], ['configure'], ['logs', 'us-west-2-1']]) {
      const { status, stdout, stderr } = await user.run([...words, ...sandbox]);
      assert.equal(status, 0, `${words}: ${stdout}${stderr}`);
      if (words[0] !== 'logs') {
        assert.match(stderr, /^warning: .*checked by what is installed there.*scripts_directory/m);
      }
      // The services are known from the node itself.
      assert.match(
        stdout,
        words[0] === 'doctor' ? /"name":"sensor\.service"/ : /"source":"sensor"/,
      );
    }
  });

  test('destroying one region keeps the pins of the others', async () => {
    const dry = await user.run(['destroy', '--dry-run', ...sandbox]);
    const { resources, ...wouldGo } = JSON.parse(dry.stdout);
    assert.deepEqual(wouldGo, { deployment: 'fleet', nodes: ['us-west-2-1'] });
    assert.ok(resources.includes('launch template spot-tui-fleet (us-west-2)'), dry.stdout);
    await user.write('wide.yaml', 'deployment: fleet\nregions: [us-west-2, eu-west-1]\n');
    const wide = ['--sandbox', '--config', 'wide.yaml'];
    const elsewhere = await user.run(['destroy', ...wide, '--region', 'eu-west-1', '--yes']);
    assert.equal(elsewhere.status, 0, elsewhere.stderr);
    // Pinned on first use would be trusted silently; a pin that is there makes ssh strict.
    const pins = path.join(user.home, '.local/state/spot-tui/known-hosts/fleet');
    assert.match(await readFile(pins, 'utf8'), /^i-[0-9a-f]+ ssh-/m);
  });
});
