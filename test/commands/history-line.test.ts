import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCounts, historyLine } from '../../source/commands/history-line.ts';

test('the past tells which nodes run on demand, and which have another one in their place', () => {
  const launched = {
    event: 'launched',
    time: 0,
    run: 'a',
    node: 'us-west-2-1',
    instanceId: 'i-1',
    region: 'us-west-2',
    zone: 'us-west-2a',
    instanceType: 't3.medium',
  } as const;
  assert.equal(historyLine(launched, 'demo').text, 'i-1, t3.medium in us-west-2a');
  assert.equal(
    historyLine({ ...launched, lifecycle: 'on-demand' }, 'demo').text,
    'i-1, t3.medium on demand in us-west-2a',
  );
  const summary = {
    event: 'summary',
    time: 0,
    ...{ ready: 2, failed: 0, interrupted: 0, terminated: 0 },
    ...{ elapsedSeconds: 1, apiCalls: 1 },
  } as const;
  assert.equal(describeCounts(summary), '2 ready');
  assert.equal(describeCounts({ ...summary, replaced: 1 }), '2 ready, 1 replaced');
});
