import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { finish, hasTerminals, User } from './program.ts';

/** What a person does to a real fleet in the dashboard, key by key. */
suite('the dashboard of a fleet', {
  skip: !hasTerminals && 'needs script of util-linux',
}, () => {
  let user: User;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '1']);
    assert.equal(created.status, 0, `${created.stdout}${created.stderr}`);
  });
  after(() => user.remove());

  /** Waits for a text to appear after what was on the screen before. */
  const watch = (child: ChildProcess) => {
    let output = '';
    let waiting: (() => void) | undefined;
    child.stdout?.on('data', (chunk) => {
      // The window's title is not on the screen.
      output = (output + chunk).replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '');
      waiting?.();
    });
    return async (text: RegExp) => {
      while (!text.test(output)) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      output = '';
    };
  };

  test('a node without capacity is launched by r, and all is well in the end', async () => {
    await user.run(['sandbox', 'fault', 'refuse-capacity']);
    const child = user.startInTerminal(['create', '--sandbox', '--count', '2']);
    const ended = finish(child);
    const shows = watch(child);
    await shows(/no Spot capacity/);
    await user.run(['sandbox', 'fault', 'clear']);
    child.stdin?.write('r');
    await shows(/retry sent to us-east-1-1/);
    await shows(/2 ready/);
    child.stdin?.write('q');
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout.slice(-500));
    assert.match(
      stdout,
      /sandbox: 2 ready\.\r?\nWhat runs keeps running, at \$0\.\d+ an hour\. Attach with/,
    );
    const list = await user.run(['list', '--sandbox']);
    assert.match(list.stdout, /^us-east-1-1 .* running/m);
  });

  test('a node that was terminated is, also when one leaves at once', async () => {
    const child = user.startInTerminal(['--sandbox']);
    const ended = finish(child);
    const shows = watch(child);
    await shows(/2 ready/);
    child.stdin?.write('t');
    await shows(/[Tt]erminate us-east-1-1/);
    child.stdin?.write('yq');
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout.slice(-500));
    assert.match(stdout, /sandbox: 1 ready, 1 terminated\./, 'what is said last is how it ended');
    const list = await user.run(['list', '--sandbox']);
    assert.doesNotMatch(list.stdout, /^us-east-1-1 .* running/m);
    assert.match(list.stdout, /^us-west-2-1 .* running/m);
  });
});
