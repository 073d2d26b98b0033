import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, printed, User } from './program.ts';

/** What becomes of a command whose output nobody takes. */
suite('output', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '1']);
    assert.equal(created.status, 0, created.stderr);
  });
  after(() => user.remove());

  test('a slow reader gets all of it', async () => {
    const child = user.start(['exec', '--sandbox', '--', 'seq', '1', '60000']);
    await sleep(1000);
    const { status, stdout } = await finish(child);
    assert.equal(status, 0);
    assert.equal(stdout.trimEnd().split('\n').length, 60_001);
  });

  test('a node that says too much is cut short, with the count of what is missing', async () => {
    const { status, stdout } = await user.run([
      'exec',
      '--sandbox',
      '--',
      'yes | head -c 12000000',
    ]);
    assert.equal(status, 0);
    assert.match(stdout.slice(-100), /^y\n\(\d+ more lines\)\n$/m);
    assert.ok(stdout.length < 5_000_000);
  });

  test('a journal that says nothing is told so', async () => {
    const { status, stdout, stderr } = await user.run([
      ...['logs', 'us-west-2-1', '--sandbox', '--unit', 'nothing.service'],
    ]);
    assert.equal(status, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /nothing\.service/);
  });

  test('a full disk is one message and a failure', async (t) => {
    const full = await open('/dev/full', 'w').catch(() => undefined);
    if (full === undefined) return t.skip('needs /dev/full');
    const { status, stderr } = await finish(user.start(['list', '--sandbox'], { stdout: full.fd }));
    await full.close();
    assert.equal(status, 1);
    assert.match(stderr, /^spot-tui: standard output can't be written: ENOSPC.*\n {2}.*\n$/);
  });

  test('a reader that goes away ends what only prints, without an error', async () => {
    const child = user.start(['logs', 'us-west-2-1', '--sandbox', '--follow']);
    const ended = finish(child);
    await printed(child, '\n');
    child.stdout?.destroy();
    await user.run(['exec', '--sandbox', '--', 'sudo systemctl restart sensor.service']);
    const { status, stderr } = await ended;
    assert.equal(status, 0);
    assert.equal(stderr, '');
  });

  test('a reader that goes away does not stop the work on a fleet', async () => {
    const child = user.start(['create', '--sandbox', '--json', '--count', '2']);
    const ended = finish(child);
    await printed(child, '\n');
    child.stdout?.destroy();
    assert.equal((await ended).status, 0);
    const doctor = await user.run(['doctor', '--sandbox']);
    assert.equal(doctor.status, 0, doctor.stdout);
    assert.match(doctor.stdout, /us-east-1-1: all well/);
  });

  test('with --watch nobody is watched for who has gone', async () => {
    const child = user.start(['--sandbox', '--watch', '--json']);
    const ended = finish(child);
    await printed(child, '\n');
    child.stdout?.destroy();
    assert.equal((await ended).status, 0);
  });
});
