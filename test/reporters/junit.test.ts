import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import { type JunitInput, junitDocument } from '../../source/reporters/junit.ts';
import { parseXml, type XmlNode } from './parse-xml.ts';
import { at, sampleRun } from './sample-run.ts';

const report = (events: readonly FleetEvent[], more: Partial<JunitInput> = {}): XmlNode =>
  parseXml(
    junitDocument({
      ...{ state: reduceAll(emptyFleet, events), command: 'create', hostname: 'ci' },
      ...{ startedAt: at(0), now: at(60), notAsked: [], isDismissed: () => false },
      ...more,
    }),
  );

const suiteOf = (root: XmlNode): XmlNode => {
  assert.equal(root.name, 'testsuites');
  const [suite, ...others] = root.children;
  assert.ok(suite !== undefined && others.length === 0);
  return suite;
};

const casesOf = (root: XmlNode): XmlNode[] =>
  suiteOf(root).children.filter(({ name }) => name === 'testcase');

const entered = (
  node: string,
  phase: 'pending' | 'verifying' | 'ready',
  seconds: number,
): FleetEvent => ({
  ...{ event: 'phase', time: at(seconds), node, region: 'us-west-2', phase, attempt: 1 },
});

const failed = (node: string, failedPhase: 'launching' | 'configuring'): FleetEvent => ({
  ...{ event: 'phase', time: at(9), node, phase: 'failed', failedPhase },
  ...{ reason: 'a <b> & "c"', hint: "d's", output: ['first', ']]> last'] },
});

test('a node that another one has the place of is skipped', () => {
  const root = report([
    entered('us-west-2-1', 'ready', 0),
    {
      ...{ event: 'instance', time: at(1), node: 'us-west-2-1', instanceId: 'i-1' },
      ...{ region: 'us-west-2', replacedBy: 'us-west-2-2' },
    },
    {
      event: 'phase',
      time: at(2),
      node: 'us-west-2-1',
      phase: 'interrupted',
      reason: 'EC2 took it',
    },
    entered('us-west-2-2', 'ready', 9),
  ]);
  const verdicts = casesOf(root).map(({ children }) => children.map(({ name }) => name));
  assert.deepEqual(verdicts, [['skipped'], []]);
});

test('a node that a stopped rollout has not begun with is skipped; one that failed before is not', () => {
  const left = (node: string): FleetEvent => ({
    ...{ event: 'action-result', time: at(9), node, id: 1, action: 'push', status: 'skipped' },
    ...{ detail: 'not begun: the canary well-1 failed' },
  });
  const nodes = ['left-1', 'failed-1'];
  const root = report([
    { event: 'action', time: at(0), id: 1, action: 'push', state: 'started', nodes, by: 'ci' },
    entered('left-1', 'pending', 0),
    failed('failed-1', 'configuring'),
    ...nodes.map(left),
  ]);
  assert.deepEqual(
    casesOf(root).map(({ children: [verdict] }) => [verdict?.name, verdict?.attributes.message]),
    [
      ['skipped', 'not begun: the canary well-1 failed'],
      ['failure', 'in configuring: a <b> & "c"'],
    ],
  );
});

test('nodes are test cases: well, failed, without a machine, unfinished, taken, not asked for', () => {
  const taken: FleetEvent = {
    ...{
      event: 'phase',
      time: at(20),
      node: 'taken-1',
      phase: 'interrupted',
      reason: 'EC2 took it',
    },
  };
  const root = report(
    [
      ...sampleRun.slice(0, 1),
      entered('well-1', 'pending', 0),
      entered('well-1', 'ready', 41.2),
      entered('failed-1', 'pending', 0),
      failed('failed-1', 'configuring'),
      failed('refused-1', 'launching'),
      entered('slow-1', 'verifying', 5),
      taken,
    ],
    { notAsked: ['other-1'] },
  );
  const verdicts = casesOf(root).map(({ attributes, children: [verdict] }) => [
    attributes.classname,
    attributes.name,
    attributes.time,
    verdict?.name,
    verdict?.attributes.type,
    verdict?.attributes.message,
  ]);
  assert.deepEqual(verdicts, [
    ['us-west-2', 'well-1', '41.200', undefined, undefined, undefined],
    ['us-west-2', 'failed-1', '9.000', 'failure', 'configuring', 'in configuring: a <b> & "c"'],
    ['refused', 'refused-1', '0.000', 'error', 'launching', 'in launching: a <b> & "c"'],
    ['us-west-2', 'slow-1', '55.000', 'failure', 'verifying', 'not finished: still verifying'],
    ['taken', 'taken-1', '0.000', 'failure', 'interrupted', 'EC2 took it'],
    ['other', 'other-1', '0.000', 'skipped', undefined, 'not asked for'],
  ]);
  assert.equal(
    casesOf(root)[1]?.children[0]?.text,
    'in configuring: a <b> & "c"\nd\'s\nfirst\n]]> last',
  );
});

test('the suite has the shape that the widespread schemas ask for', () => {
  const root = report([...sampleRun, failed('us-west-2-1', 'configuring')]);
  const suite = suiteOf(root);
  assert.equal(suite.attributes.name, 'demo');
  assert.match(suite.attributes.timestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  for (const name of ['tests', 'failures', 'errors', 'skipped']) {
    assert.match(suite.attributes[name] ?? '', /^\d+$/, name);
  }
  assert.match(suite.attributes.time ?? '', /^\d+\.\d{3}$/);
  assert.ok(suite.attributes.hostname && suite.attributes.package && suite.attributes.id);
  const cases = casesOf(root);
  assert.equal(Number(suite.attributes.tests), cases.length);
  assert.deepEqual(
    suite.children.map(({ name }) => name),
    ['properties', ...cases.map(() => 'testcase'), 'system-out', 'system-err'],
  );
  const counted = (verdict: string) =>
    cases.filter(({ children }) => children[0]?.name === verdict).length;
  assert.equal(Number(suite.attributes.failures), counted('failure'));
  assert.equal(Number(suite.attributes.errors), counted('error'));
  for (const name of ['tests', 'failures', 'errors', 'time']) {
    assert.equal(root.attributes[name], suite.attributes[name]);
  }
});

test('what ends the command early is an error of its own; a node dismissed here is skipped', () => {
  const gone: FleetEvent = {
    ...{ event: 'phase', time: at(3), node: 'a-1', phase: 'terminated', reason: 'asked for here' },
  };
  const [node, command] = casesOf(
    report([gone], {
      isDismissed: (name) => name === 'a-1',
      problem: { name: 'CommandTimeoutError', message: 'not done after 5s\nmore' },
    }),
  );
  assert.equal(node?.children[0]?.name, 'skipped');
  assert.equal(command?.attributes.name, 'create');
  const error = command?.children[0];
  assert.deepEqual(
    [error?.name, error?.attributes.type, error?.attributes.message],
    ['error', 'CommandTimeoutError', 'not done after 5s'],
  );
});

test('a node that --fail-fast left is skipped: only what failed is a failure', () => {
  const root = report(
    [
      entered('slow-1', 'verifying', 5),
      entered('well-1', 'ready', 5),
      failed('a-1', 'configuring'),
    ],
    { leftBy: '--fail-fast', problem: { name: 'FailFastError', message: 'a-1 failed' } },
  );
  assert.deepEqual(
    casesOf(root).map(({ attributes, children: [verdict] }) => [
      attributes.name,
      verdict?.name,
      verdict?.attributes.message,
    ]),
    [
      ['slow-1', 'skipped', 'left unfinished by --fail-fast'],
      ['well-1', undefined, undefined],
      ['a-1', 'failure', 'in configuring: a <b> & "c"'],
      ['create', 'error', 'a-1 failed'],
    ],
  );
});

test('the log tells where a node failed without output', () => {
  const log: FleetEvent = {
    ...{ event: 'log', time: at(1), node: 'a-1', source: 'sensor', message: 'no network' },
  };
  const silent: FleetEvent = {
    ...{ event: 'phase', time: at(9), node: 'a-1', phase: 'failed', failedPhase: 'configuring' },
    ...{ reason: 'it ended', hint: 'look' },
  };
  const [node] = casesOf(report([log, silent]));
  assert.match(node?.children[0]?.text ?? '', /\nsensor: no network$/);
});

test('whatever nodes say, the document is well-formed and says it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(text, text, (reason, line) => {
      const [node] = casesOf(
        report([
          {
            ...{ event: 'phase', time: at(9), node: 'a-1', phase: 'failed', hint: 'h' },
            ...{ failedPhase: 'configuring', reason, output: [line] },
          },
        ]),
      );
      const allowed = (said: string) =>
        said
          .replaceAll(/\r\n?/g, '\n')
          .replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
      assert.equal(node?.children[0]?.attributes.message, allowed(`in configuring: ${reason}`));
      assert.ok(node.children[0].text.endsWith(`\nh\n${allowed(line)}`));
    }),
    { numRuns: 40 },
  );
});
