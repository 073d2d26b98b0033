import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeEvent, completeHint } from '../../source/commands/complete-hints.ts';

const options = { sandbox: 'fast', config: 'my fleet.yaml', profile: 'work' } as const;
const flags = "--sandbox --config 'my fleet.yaml' --profile work";

for (const [hint, complete] of [
  ['Retry it: `spot-tui create` carries on.', `Retry it: \`spot-tui create ${flags}\` carries on.`],
  [
    'See `spot-tui logs us-west-2-1`, then `spot-tui push`.',
    `See \`spot-tui logs us-west-2-1 ${flags}\`, then \`spot-tui push ${flags}\`.`,
  ],
  [
    '`spot-tui exec us-west-2-1 -- df -h` tells.',
    `\`spot-tui exec us-west-2-1 ${flags} -- df -h\` tells.`,
  ],
  [`\`spot-tui destroy ${flags}\` ends them.`, `\`spot-tui destroy ${flags}\` ends them.`],
  ['`spot-tui init` writes one.', '`spot-tui init` writes one.'],
  ['`spot-tui sandbox stop` ends it.', '`spot-tui sandbox stop` ends it.'],
  ['`spot-tui create --help` says more.', '`spot-tui create --help` says more.'],
  ['Look at `journalctl -u spot-tui create`.', 'Look at `journalctl -u spot-tui create`.'],
] as const) {
  test(`a hint is about the same deployment as the call: ${hint}`, () => {
    assert.equal(completeHint(options, hint), complete);
    assert.equal(completeHint({}, hint), hint);
  });
}

test('hints of events are complete, what nodes say is left as it is', () => {
  const about = { node: 'us-west-2-1', time: 0 };
  const hint = '`spot-tui push` puts it back.';
  const complete = '`spot-tui push --sandbox` puts it back.';
  const sandbox = { sandbox: 'realistic' } as const;
  const failed = {
    ...about,
    event: 'phase',
    phase: 'failed',
    failedPhase: 'verifying',
    reason: hint,
    hint,
  } as const;
  assert.deepEqual(completeEvent(sandbox, failed), { ...failed, hint: complete });
  const check = { name: 'files', status: 'failed', detail: hint, hint } as const;
  const health = {
    ...about,
    event: 'health',
    checks: [check],
    services: [],
    containers: [],
  } as const;
  assert.deepEqual(completeEvent(sandbox, health), {
    ...health,
    checks: [{ ...check, hint: complete }],
  });
  const log = { ...about, event: 'log', source: 'sensor', message: hint } as const;
  assert.deepEqual(completeEvent(sandbox, log), log);
});
