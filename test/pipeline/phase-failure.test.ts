import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Error } from '../../source/ec2/errors.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { reportAs } from '../../source/pipeline/node-report.ts';
import { PhaseFailure, toPhaseFailure } from '../../source/pipeline/phase-failure.ts';
import { SandboxError } from '../../source/sandbox/sandbox-error.ts';
import { ConnectionLostError, SshError } from '../../source/ssh/ssh-error.ts';

test('what fails without a hint of its own has one that is right wherever it is read', () => {
  const { hint, reason } = toPhaseFailure(new Error('no route\nat somewhere'));
  assert.equal(reason, 'no route');
  // Logs of CI and JUnit reports have no keys.
  assert.doesNotMatch(hint, /`\w`/);
  assert.match(hint, /`spot-tui create`.*`spot-tui doctor`/);
});

test('what a lower layer says of where to read on comes along', () => {
  const errors = [
    [new Ec2Error('no machines', { kind: 'capacity', hint: 'wait' }), 'capacity'],
    [new Ec2Error('no access', { kind: 'permission', hint: 'ask' }), 'aws'],
    [new SshError('authentication', 'refused', 'look'), 'key'],
    [new SshError('identity', 'no key', 'look'), 'key'],
    [new SshError('host-key', 'not trusted', 'look'), 'host-key'],
    [new SshError('protocol', 'not SSH', 'look'), 'ssh'],
    [new ConnectionLostError('gone'), 'ssh'],
    [new SandboxError('none runs', 'start it'), 'sandbox'],
    [new Error('anything'), undefined],
    [Object.assign(new Error('of others'), { topic: 'weather' }), undefined],
  ] as const;
  for (const [error, topic] of errors) assert.equal(toPhaseFailure(error).topic, topic);
});

test('a node that fails always says where to read on: by its phase where no more is known', () => {
  const events: FleetEvent[] = [];
  const report = reportAs(
    { name: 'a-1', region: 'a' },
    (event) => events.push(event),
    () => 0,
  );
  report.failed('booting', new PhaseFailure('too slow', 'wait'));
  report.failed('uploading', new PhaseFailure('too slow', 'wait'));
  report.failed('uploading', new PhaseFailure('no space', 'make some', [], 'disk'));
  report.degraded(new PhaseFailure('stopped', 'start it', [], 'interrupted'));
  assert.deepEqual(
    events.map((event) => 'topic' in event && event.topic),
    ['boot', 'upload', 'disk', 'interrupted'],
  );
});
