import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEntry } from '../../source/sandbox/endpoint/ledger.ts';
import type { ShownInstance } from './ec2-reader.ts';
import {
  alwaysHolds,
  type Evidence,
  endsTruly,
  endsWell,
  type MachineTruth,
} from './invariants.ts';
import { findSecrets } from './secrets.ts';

const launched = (instanceId: string): LedgerEntry => ({
  time: 0,
  type: 'launched',
  instanceId,
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  lifecycle: 'spot',
  action: 'CreateFleet',
  accessKeyId: 'MATRIX0',
});

const shown = (instanceId: string, node: string): ShownInstance => ({
  instanceId,
  region: 'us-west-2',
  state: 'running',
  tags: { 'spot-tui:deployment': 'fleet', 'spot-tui:node': node },
});

const phase = (node: string, instanceId: string, name: string, more = {}): string =>
  JSON.stringify({ event: 'phase', node, instanceId, phase: name, ...more });

const machine = (version: string): MachineTruth => ({ version, isServing: true });

const summary = '{"event":"summary"}';

/** A fleet of two, as it should be. */
const good: Evidence = {
  command: 'create',
  deployment: 'fleet',
  nodes: 2,
  end: {
    status: 0,
    stdout: [phase('n-1', 'i-1', 'ready'), phase('n-2', 'i-2', 'ready'), summary, ''].join('\n'),
    stderr: '',
  },
  ledger: [launched('i-1'), launched('i-2')],
  shown: [shown('i-1', 'n-1'), shown('i-2', 'n-2')],
  remains: {},
  machines: new Map([
    ['i-1', machine('new')],
    ['i-2', machine('new')],
  ]),
  version: 'new',
  unhandled: [],
  unknownCommands: [],
};

const all = { ready: 'all', causes: [] } as const;
const some = { ready: 'some', causes: [/disk is full/] } as const;

const violations = (evidence: Evidence, expectation: Parameters<typeof endsTruly>[1] = all) => [
  ...alwaysHolds(evidence),
  ...endsTruly(evidence, expectation),
  ...endsWell(evidence),
];

const told = (...lines: readonly string[]): Evidence => ({
  ...good,
  end: { status: 1, stdout: [...lines, summary, ''].join('\n'), stderr: '' },
});

test('a fleet as it should be violates nothing', () => {
  assert.deepEqual(violations(good), []);
});

test('an instance more than asked for is a duplicate, and one that has no name an orphan', () => {
  const { tags, ...bare } = shown('i-3', '');
  const found = violations({
    ...good,
    ledger: [...good.ledger, launched('i-3')],
    shown: [...good.shown, { ...bare, tags: { 'spot-tui:deployment': 'fleet' } }],
  });
  assert.ok(tags);
  assert.match(found.join('\n'), /duplicate: 3 instances live/);
  assert.match(found.join('\n'), /orphan: i-3 has no name/);
});

test('an instance that nobody can find is an orphan', () => {
  const [first = shown('', ''), second = shown('', '')] = good.shown;
  const found = violations({ ...good, shown: [{ ...first, tags: {} }, second] });
  assert.match(found.join('\n'), /orphan: i-1 lives without the tag of its deployment/);
});

test('two instances of one name are duplicates', () => {
  const found = violations({ ...good, shown: [shown('i-1', 'n-1'), shown('i-2', 'n-1')] });
  assert.match(found.join('\n'), /duplicate: i-1 and i-2 are n-1/);
});

test('a node that is told ready without its files is seen', () => {
  const machines = new Map([...good.machines, ['i-1', machine('old')] as const]);
  assert.match(violations({ ...good, machines }).join('\n'), /n-1 is taken for ready and has old/);
});

test('a failure must name its true cause and say what to do', () => {
  const ready = phase('n-1', 'i-1', 'ready');
  const fail = (reason: string, hint: string) =>
    endsTruly(told(ready, phase('n-2', 'i-2', 'failed', { reason, hint })), some);
  assert.deepEqual(fail('the disk is full', 'Free some.'), []);
  assert.match(fail('the network is down', 'Wait.').join('\n'), /untrue cause/);
  assert.match(fail('the disk is full', '').join('\n'), /without a hint/);
});

test('every node must end', () => {
  const found = endsTruly(told(phase('n-1', 'i-1', 'ready'), phase('n-2', 'i-2', 'booting')), some);
  assert.match(found.join('\n'), /n-2 ends as booting/);
});

test('the exit status must fit what became of the nodes', () => {
  const found = endsTruly({ ...good, end: { ...good.end, status: 1 } }, all);
  assert.match(found.join('\n'), /all are ready, and the exit status is 1/);
});

test('what destroy leaves is an orphan', () => {
  const found = endsWell({
    ...good,
    command: 'destroy',
    remains: { DescribeSecurityGroups: ['sg-1'] },
  });
  assert.match(found.join('\n'), /orphan: destroy left i-1, i-2/);
  assert.match(found.join('\n'), /DescribeSecurityGroups: sg-1/);
});

test('a secret is found as it is and inside of base64', () => {
  const secrets = [{ name: 'the token', text: 'orchestrator-0123456789' }];
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.from(`${before}orchestrator-0123456789 and more`).toString('base64');
    assert.deepEqual(findSecrets(secrets, [{ where: 'user data', text }]), [
      'secret: the token is in user data',
    ]);
  }
  assert.equal(
    findSecrets(secrets, [{ where: 'a log', text: 'orchestrator-0123456789' }]).length,
    1,
  );
  assert.deepEqual(findSecrets(secrets, [{ where: 'a log', text: 'orchestrator-012345678' }]), []);
});
