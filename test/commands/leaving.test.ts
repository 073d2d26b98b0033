import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { finish, hasTerminals, lines, printed, User } from './program.ts';

const wayBack =
  /^spot-tui: (SIGINT|SIGTERM): what runs keeps running\. Attach with `spot-tui --sandbox`, end it with `spot-tui destroy --sandbox`\.$/;

/** The services that the built-in deployment runs. */
const workload = fileURLToPath(new URL('../../templates/deployments/bacalhau', import.meta.url));

/** What a person who asks a command to leave is left with. */
suite('leaving', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '1']);
    assert.equal(created.status, 0, created.stderr);
  });
  after(() => user.remove());

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} ends any command with ${status}, and its last line is the way back`, async () => {
      const child = user.start(['logs', 'us-west-2-1', '--sandbox', '--follow']);
      const ended = finish(child);
      await printed(child, 'configure-services');
      child.kill(signal);
      const result = await ended;
      assert.equal(result.status, status);
      assert.match(result.stderr.trimEnd().split('\n').at(-1) ?? '', wayBack);
    });
  }

  test('the way back names the configuration of the call', async () => {
    await user.write('my fleet.yaml', 'deployment: sandbox\nregions: [us-west-2]\n');
    const words = ['logs', 'us-west-2-1', '--follow', '--sandbox', '--unit', 'sensor.service'];
    const child = user.start([...words, '--config', 'my fleet.yaml']);
    const ended = finish(child);
    await printed(child, '\n');
    child.kill('SIGINT');
    assert.match((await ended).stderr, /destroy --sandbox --config 'my fleet\.yaml'`\.\n$/);
  });

  test('an interrupted run has its summary last, on standard output and in its recording', async () => {
    const child = user.start(['--sandbox', '--watch', '--json']);
    const ended = finish(child);
    await printed(child, '"phase":"ready"');
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    assert.equal(status, 130);
    assert.match(stdout.trimEnd().split('\n').at(-1) ?? '', /"event":"summary","ready":1,/);
    const folder = path.join(user.home, '.local/state/spot-tui/runs/sandbox');
    const recordings = await readdir(folder);
    const texts = await Promise.all(
      recordings.map((name) => readFile(path.join(folder, name), 'utf8')),
    );
    assert.ok(texts.includes(stdout), 'one recording is what was printed');
  });

  for (const command of ['configure', 'push']) {
    test(`an interrupted ${command} has its summary behind what became of it`, async () => {
      // A node that is not ready before it has run for so long.
      await user.write(
        'patient.yaml',
        [
          'deployment: sandbox',
          'settle_time: 10m',
          'timeouts: {verifying: 20m}',
          'aws:',
          `  scripts_directory: ${workload}/scripts`,
          `  config_directory: ${workload}/config`,
          `  units_directory: ${workload}/services`,
          'regions: [us-west-2]',
          '',
        ].join('\n'),
      );
      const child = user.start([command, '--sandbox', '--config', 'patient.yaml', '--json']);
      const ended = finish(child);
      await printed(child, '"phase":"verifying"');
      child.kill('SIGINT');
      const { status, stdout } = await ended;
      assert.equal(status, 130);
      const told = lines(stdout).map(({ event, state }) => [event, state]);
      assert.deepEqual(
        told.slice(-2),
        [
          ['action', 'cancelled'],
          ['summary', undefined],
        ],
        stdout,
      );
    });
  }

  test('a destroy that is refused has its summary last, too', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'TerminateInstances']);
    const { status, stdout } = await user.run(['destroy', '--sandbox', '--yes', '--json']);
    await user.run(['sandbox', 'fault', 'clear']);
    assert.equal(status, 3);
    assert.equal(lines(stdout).at(-1)?.event, 'summary', stdout);
  });

  test('ctrl-c at a question ends with 130, and nothing was done', {
    skip: !hasTerminals && 'needs script of util-linux',
  }, async () => {
    const child = user.startInTerminal(['destroy', '--sandbox']);
    const ended = finish(child);
    await printed(child, 'Terminate us-west-2-1? [y/N]');
    child.stdin?.write('\u0003');
    const { status, stdout } = await ended;
    assert.equal(status, 130, stdout);
    assert.match(stdout, /SIGINT: what runs keeps running/);
    assert.match((await user.run(['list', '--sandbox'])).stdout, /us-west-2-1 .* running/);
  });

  test('ctrl-c instead of a passphrase ends with 130', {
    skip: !hasTerminals && 'needs script of util-linux',
  }, async () => {
    const key = path.join(user.home, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', key]);
    await user.write('scripts/run.sh', 'true\n');
    await user.write(
      'aws.yaml',
      `aws: {public_ssh_key_path: ${key}.pub, private_ssh_key_path: ${key}, scripts_directory: scripts}\nregions: [us-west-2]\n`,
    );
    const child = user.startInTerminal(['validate', '--config', 'aws.yaml']);
    const ended = finish(child);
    await printed(child, 'Passphrase of');
    child.stdin?.write('\u0003');
    const { status, stdout } = await ended;
    assert.equal(status, 130, stdout);
    assert.match(stdout, /SIGINT: what runs keeps running.*--config aws\.yaml/);
  });

  test('ctrl-d at a question is no', {
    skip: !hasTerminals && 'needs script of util-linux',
  }, async () => {
    const child = user.startInTerminal(['destroy', '--sandbox']);
    const ended = finish(child);
    await printed(child, 'Terminate us-west-2-1? [y/N]');
    child.stdin?.write('\u0004');
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Nothing was done/);
  });
});
