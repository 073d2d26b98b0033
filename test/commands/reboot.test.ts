import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

test('a reboot that takes the uploaded files away is made good by the run that sent them', async () => {
  const user = await User.create();
  try {
    const child = user.start(['create', '--sandbox', '--json', '--count', '1']);
    const ended = finish(child);
    await printed(child, '"phase":"cloud-init"');
    const { status: injected } = await user.run(['sandbox', 'fault', 'reboot', 'us-west-2-1']);
    assert.equal(injected, 0);
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /the connection to .* broke/);
    const phases = lines(stdout).filter(({ event }) => event === 'phase');
    assert.deepEqual(
      phases.slice(-5).map(({ phase, attempt }) => [phase, attempt]),
      [
        ['uploading', 1],
        ['cloud-init', 1],
        ['configuring', 1],
        ['verifying', 1],
        ['ready', 1],
      ],
    );
  } finally {
    await user.remove();
  }
});
