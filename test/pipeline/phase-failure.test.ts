import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPhaseFailure } from '../../source/pipeline/phase-failure.ts';

test('what fails without a hint of its own has one that is right wherever it is read', () => {
  const { hint, reason } = toPhaseFailure(new Error('no route\nat somewhere'));
  assert.equal(reason, 'no route');
  // Logs of CI and JUnit reports have no keys.
  assert.doesNotMatch(hint, /`\w`/);
  assert.match(hint, /`spot-tui create`.*`spot-tui doctor`/);
});
