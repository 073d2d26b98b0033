import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeLine } from '../../source/commands/node-text.ts';

test('what an SSH server says in a line about its node is no command to GitHub Actions', () => {
  const reason = 'waiting for SSH: closed by ##[add-path]/tmp';
  const environment = { GITHUB_ACTIONS: 'true' };
  assert.equal(
    nodeLine({ environment }, 'us-west-2-1', reason),
    'us-west-2-1: waiting for SSH: closed by ## [add-path]/tmp\n',
  );
  assert.equal(nodeLine({ environment: {} }, 'us-west-2-1', reason), `us-west-2-1: ${reason}\n`);
});
