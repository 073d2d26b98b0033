import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

const nodesOf = async (user: User): Promise<string[]> => {
  const { stdout } = await user.run(['list', '--sandbox', '--json']);
  return JSON.parse(stdout).nodes.map(({ node }: { node: string }) => node);
};

test('two creates at once make one fleet', async () => {
  const user = await User.create();
  try {
    const words = ['create', '--sandbox=fast', '--json', '--count', '4'];
    const [first, second] = await Promise.all([user.run(words), user.run(words)]);
    assert.equal(first.status, 0, first.stdout);
    assert.equal(second.status, 0, second.stdout);
    const names = ['us-west-2-1', 'us-west-2-2', 'us-east-1-1', 'eu-west-1-1'];
    assert.deepEqual(await nodesOf(user), names);
    assert.equal(lines(first.stdout).at(-1)?.ready, 4);
    assert.equal(lines(second.stdout).at(-1)?.ready, 4);
  } finally {
    await user.remove();
  }
});

test('a create whose fleet is destroyed ends with it', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    // Services that take so long to settle that no node is ready before it is destroyed.
    await user.write(
      'patient.yaml',
      [
        'deployment: patient',
        'settle_time: 10m',
        'timeouts: {verifying: 20m}',
        'aws: {total_instances: 2, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const words = ['--config', 'patient.yaml', '--json'];
    const child = user.start(['create', '--sandbox=fast', ...words]);
    const ended = finish(child);
    await printed(child, '"phase":"uploading"');
    const destroyed = await user.run(['destroy', '--sandbox', '--yes', ...words]);
    assert.equal(destroyed.status, 0, destroyed.stderr);
    const { status, stdout } = await ended;
    assert.equal(status, 1);
    const summary = lines(stdout).at(-1);
    assert.deepEqual([summary?.ready, summary?.terminated], [0, 2]);
  } finally {
    await user.remove();
  }
});
