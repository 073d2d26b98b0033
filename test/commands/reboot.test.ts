import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

test('a reboot that takes the uploaded files away is made good by the run that sent them', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    await user.write('slow.yaml', '#cloud-config\nruncmd: [sleep 3]\n');
    await user.write(
      'fleet.yaml',
      [
        'deployment: fleet',
        'settle_time: 0s',
        'aws:',
        '  total_instances: 1',
        '  scripts_directory: scripts',
        '  config_directory: config',
        '  units_directory: services',
        '  cloud_init_template: slow.yaml',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const child = user.start(['create', '--sandbox=fast', '--json', '--config', 'fleet.yaml']);
    const ended = finish(child);
    await printed(child, '"phase":"cloud-init"');
    const { status: injected } = await user.run(['sandbox', 'fault', 'reboot', 'us-west-2-1']);
    assert.equal(injected, 0);
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /the files are gone from the node, as after a reboot/);
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
