import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, User } from './program.ts';

test('a node whose services have not run for long enough is not ready', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    await user.write(
      'hasty.yaml',
      [
        'deployment: hasty',
        'settle_time: 1m',
        'timeouts: {verifying: 2s}',
        'aws: {total_instances: 1, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const words = ['create', '--sandbox=fast', '--json', '--config', 'hasty.yaml'];
    const { status, stdout, stderr } = await user.run(words);
    assert.equal(status, 1, stderr);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.failedPhase, 'verifying');
    assert.match(String(failed?.reason), / within 2 s$/);
  } finally {
    await user.remove();
  }
});
