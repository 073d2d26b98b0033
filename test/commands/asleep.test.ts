import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, lines, printed, User } from './program.ts';

/** The configuration with less time for launches. */
const shorter = async ({ folder }: User): Promise<string> => {
  const text = await readFile(path.join(folder, 'config.yaml'), 'utf8');
  return text.replace('booting: 8s', 'launching: 8s');
};

/** Time goes by in which the program can do nothing. */
suite('a fleet that has to wait', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    // Shorter than the sleep below, and long for what is done meanwhile.
    await appendFile(
      path.join(user.folder, 'config.yaml'),
      'timeouts: {booting: 8s}\nsettle_time: 1s\nhealth_interval: 2s\n',
    );
  });
  beforeEach(async () => {
    await user.run(['sandbox', 'fault', 'clear']);
  });
  after(() => user.remove());

  test('a create that is stopped for longer than a phase may take ends ready', async () => {
    const child = user.start(['create', '--sandbox', '--json', '--count', '1']);
    const ended = finish(child);
    await printed(child, '"phase":"booting"');
    child.kill('SIGSTOP');
    // Nothing else shows that time has gone by: longer than booting may take.
    await sleep(9_000);
    child.kill('SIGCONT');
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 0, stderr + stdout);
    assert.equal(lines(stdout).at(-1)?.ready, 1);
  });

  test('credentials that expire are told with what to do, and waited for', async () => {
    const child = user.start(['--sandbox', '--ci', '--watch']);
    const ended = finish(child);
    await printed(child, 'ready');
    const refused = printed(child, 'no longer takes the credentials (RequestExpired)');
    const accepted = printed(child, 'EC2 takes the credentials again');
    accepted.catch(() => undefined);
    await user.run(['sandbox', 'fault', 'deny', '*', 'RequestExpired']);
    await refused;
    await user.run(['sandbox', 'fault', 'clear']);
    await accepted;
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    assert.equal(status, 130);
    assert.doesNotMatch(stdout, /failed/);
  });

  test('a command that begins with expired credentials ends at once', async () => {
    await user.run(['sandbox', 'fault', 'deny', '*', 'RequestExpired']);
    const { status, stderr } = await user.run(['list', '--sandbox']);
    assert.equal(status, 3);
    assert.match(stderr, /RequestExpired/);
  });

  test('a launch that waits for credentials until its time is over says so', async () => {
    await appendFile(path.join(user.folder, 'short.yaml'), await shorter(user));
    await user.run(['sandbox', 'fault', 'deny', 'CreateFleet', 'RequestExpired']);
    const words = ['create', '--sandbox', '--json', '--config', 'short.yaml', '--count', '2'];
    const { status, stdout } = await user.run(words);
    assert.equal(status, 1);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.failedPhase, 'launching');
    assert.match(String(failed?.reason), /no longer takes the credentials \(RequestExpired\)/);
    assert.match(String(failed?.hint), /sign in/i);
    assert.equal(lines(stdout).at(-1)?.ready, 1, 'what runs is none the worse for it');
  });

  test('throttling makes everything slower, and says so', async () => {
    const child = user.start(['--sandbox', '--ci', '--watch']);
    const ended = finish(child);
    await printed(child, 'ready');
    const told = printed(child, 'Request limit exceeded');
    const over = printed(child, 'EC2 answers again');
    over.catch(() => undefined);
    await user.run(['sandbox', 'fault', 'throttle']);
    await told;
    await user.run(['sandbox', 'fault', 'clear']);
    await over;
    child.kill('SIGINT');
    const { stdout } = await ended;
    assert.doesNotMatch(stdout, /failed/);
  });
});
