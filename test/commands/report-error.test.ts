import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { WriteStream } from 'node:tty';
import { UsageError } from '../../source/commands/exit-status.ts';
import { reportError } from '../../source/commands/report-error.ts';
import { ConfigError } from '../../source/config/issue.ts';
import { Ec2Error } from '../../source/ec2/errors.ts';

const reported = (error: unknown, environment: NodeJS.ProcessEnv = {}): string => {
  const stderr = new PassThrough({ encoding: 'utf8' });
  reportError(error, { stderr: stderr as unknown as WriteStream, debug: false, environment });
  return String(stderr.read());
};

const denied = new Ec2Error('us-west-2: not allowed', { kind: 'permission', hint: 'Ask for it.' });

test('an error ends with where to read on, once', () => {
  assert.equal(
    reported(denied),
    'spot-tui: us-west-2: not allowed\n  Ask for it.\n  More: spot-tui explain aws\n',
  );
});

test('so does its annotation in GitHub Actions', () => {
  const [annotation] = reported(denied, { GITHUB_ACTIONS: 'true' }).split('\n');
  assert.equal(
    annotation,
    '::error title=spot-tui::us-west-2: not allowed%0AAsk for it.%0AMore: spot-tui explain aws',
  );
});

test('what says all that there is to say has nothing more below it', () => {
  assert.equal(
    reported(new UsageError('no command `crate`', 'Did you mean `create`?')),
    'spot-tui: no command `crate`\n  Did you mean `create`?\n',
  );
  // Editors and scripts take these lines apart.
  const issue = { file: 'config.yaml', key: 'regions', message: 'expected a list' };
  assert.equal(reported(new ConfigError([issue])), 'config.yaml regions: expected a list\n');
});
