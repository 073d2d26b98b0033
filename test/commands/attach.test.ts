import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

test('who attaches while somebody creates sees how far nodes are, and waits for them', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    await user.write('slow.yaml', '#cloud-config\nruncmd:\n  - sleep 6\n');
    await user.write(
      'fleet.yaml',
      [
        'deployment: fleet',
        'settle_time: 0s',
        'aws: {total_instances: 1, cloud_init_template: slow.yaml, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const fleet = ['--config', 'fleet.yaml', '--json'];
    const creating = user.start(['create', '--sandbox=fast', ...fleet]);
    const created = finish(creating);
    await printed(creating, '"phase":"connecting"');
    const attached = await user.run(['--sandbox', ...fleet]);
    assert.equal(attached.status, 0, attached.stdout + attached.stderr);
    const phases = lines(attached.stdout).flatMap(({ event, phase }) =>
      event === 'phase' ? [phase] : [],
    );
    // Where nodes have no walls, nothing of the user's runs at boot, and it may be over by now.
    const wasThere = phases.includes('cloud-init');
    assert.deepEqual(phases, [
      ...['booting', 'connecting'],
      ...(wasThere ? ['cloud-init', 'configuring'] : []),
      ...['verifying', 'ready'],
    ]);
    assert.equal((await created).status, 0);
  } finally {
    await user.remove();
  }
});
