import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

/** One node of two whose SSH server has ended. */
suite('a node that does not answer', () => {
  let user: User;
  const sandbox = ['--sandbox', '--config', 'fleet.yaml'];

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    const configuration = [
      'deployment: fleet',
      'settle_time: 0s',
      'aws: {total_instances: 2, scripts_directory: scripts, config_directory: config, units_directory: services}',
      'regions: [us-west-2]',
      '',
    ].join('\n');
    await user.write('fleet.yaml', configuration);
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--config', 'fleet.yaml']);
    assert.equal(created.status, 0, created.stdout + created.stderr);
    // Only from here on, and long enough for the node that is well on a busy machine.
    await user.write('fleet.yaml', `${configuration}timeouts: {connecting: 4s}\n`);
    await user.run(['exec', 'us-west-2-1', ...sandbox, '--', 'sudo systemctl stop ssh']);
  });
  after(() => user.remove());

  const reason =
    /no SSH connection to 127\.0\.0\.1 port \d+ within 4 s: connection (?:reset|refused)/;

  test('exec gives it up in time, and has run on the others', async () => {
    const { status, stdout, stderr } = await user.run(['exec', ...sandbox, '--', 'echo', 'hello']);
    assert.equal(status, 1);
    assert.match(stdout, /^── us-west-2-1 \(not run\)\nno SSH connection/m);
    assert.match(stdout, /^── us-west-2-2\nhello$/m);
    assert.match(stderr, /^us-west-2-1: waiting for SSH: connection re/m);
  });

  test('doctor says why it knows nothing, and examines the others', async () => {
    const { status, stdout } = await user.run(['doctor', ...sandbox, '--json']);
    assert.equal(status, 1);
    const [first, second] = JSON.parse(stdout).nodes;
    assert.equal(first.ok, false);
    assert.deepEqual(
      first.checks.map((check: { name: string; status: string }) => [check.name, check.status]),
      [['ssh', 'failed']],
    );
    assert.match(first.checks[0].detail, reason);
    assert.equal(second.ok, true);
  });

  test('configure fails it in connecting with what was waited for', async () => {
    const { status, stdout } = await user.run(['configure', ...sandbox, '--json']);
    assert.equal(status, 1);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.failedPhase, 'connecting');
    assert.match(String(failed?.reason), reason);
    assert.equal(lines(stdout).at(-1)?.ready, 1);
  });

  test('logs and ssh end with the reason', async () => {
    for (const command of ['logs', 'ssh']) {
      const { status, stderr } = await user.run([command, 'us-west-2-1', ...sandbox]);
      assert.equal(status, 1, command);
      assert.match(stderr, reason);
    }
  });

  test('logs prints what was recorded of it, and the journals of the others', async () => {
    const one = await user.run(['logs', 'us-west-2-1', ...sandbox]);
    assert.equal(one.status, 1);
    assert.match(one.stdout, /^\d\d:\d\d:\d\d configure-services: installed \d+ files$/m);
    assert.match(one.stderr, /^us-west-2-1 can't be reached\. What was recorded of it, in /m);
    const all = await user.run(['logs', '--all', ...sandbox]);
    assert.equal(all.status, 1);
    assert.match(all.stdout, /^\S+ us-west-2-1 {2}configure-services: installed/m);
    assert.match(all.stdout, /^\S+ us-west-2-2 {2}configure-services: installed/m);
  });

  test('logs --follow follows those that answer', async () => {
    const child = user.start(['logs', '--all', '--follow', ...sandbox]);
    const ended = finish(child);
    await Promise.all([printed(child, ' us-west-2-1  '), printed(child, ' us-west-2-2  ')]);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130);
    assert.match(stderr, /^us-west-2-1 can't be reached/m);
  });

  test('logs needs no files here, ssh --timeout ends what takes too long', async () => {
    await user.write('bare.yaml', 'deployment: fleet\nregions: [us-west-2]\n');
    const bare = ['us-west-2-2', '--sandbox', '--config', 'bare.yaml'];
    const logs = await user.run(['logs', ...bare]);
    assert.equal(logs.status, 0, logs.stderr);
    assert.match(logs.stdout, /^\d\d:\d\d:\d\d sensor: /m);
    const slow = await user.run(['ssh', ...bare, '--timeout', '1s', '--', 'sleep', '60']);
    assert.equal(slow.status, 1);
    assert.match(slow.stderr, /spot-tui: not done after 1s/);
  });
});
