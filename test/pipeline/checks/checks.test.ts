import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckTarget } from '../../../source/pipeline/checks/check.ts';
import { runChecks } from '../../../source/pipeline/checks/checks.ts';
import type { NodeFacts } from '../../../source/pipeline/inspection/facts.ts';
import { sampleUnit } from '../inspection/sample-unit.ts';

const healthy: NodeFacts = {
  bootId: 'b',
  uptime: 200,
  cloudInit: { state: 'done', errors: [] },
  directories: [{ path: '/opt/sensor', exists: true, owner: 'ubuntu', mode: '755' }],
  appliedManifest: 'digest',
  fileComplaints: [],
  units: [sampleUnit()],
  docker: { version: '27.0' },
  containers: [{ name: 'bacalhau-node', state: 'running', status: 'Up 2 minutes', image: 'x' }],
  disk: { totalKb: 20_000_000, availableKb: 10_000_000 },
};

const target: CheckTarget = {
  directories: ['/opt/sensor'],
  services: ['web.service'],
  containers: ['bacalhau-node'],
  manifest: { digest: 'digest', required: true },
  settleTime: 5000,
};

const results = (facts: Partial<NodeFacts>, to: Partial<CheckTarget> = {}) =>
  runChecks({ ...healthy, ...facts }, { ...target, ...to });

const failures = (facts: Partial<NodeFacts>, to: Partial<CheckTarget> = {}) =>
  results(facts, to)
    .filter(({ status }) => status === 'failed')
    .map(({ name, detail, pending }) => `${name}: ${detail}${pending ? ' …' : ''}`);

test('a healthy node passes every check', () => {
  assert.deepEqual(
    results({}).map(({ name, status, pending }) => [name, status, pending]),
    [
      ['cloud-init', 'passed', undefined],
      ['directories', 'passed', undefined],
      ['files', 'passed', undefined],
      ['disk', 'passed', undefined],
      ['web.service', 'passed', undefined],
      ['docker', 'passed', undefined],
      ['container bacalhau-node', 'passed', undefined],
    ],
  );
});

test('a service that has run for long passes, whatever was before', () => {
  assert.deepEqual(failures({ units: [sampleUnit({ restarts: 7 })] }), []);
});

for (const { title, facts, says } of [
  {
    title: 'a missing directory is named',
    facts: { directories: [{ path: '/opt/sensor', exists: false as const }] },
    says: 'directories: missing: /opt/sensor',
  },
  {
    title: 'a changed file is named',
    facts: { fileComplaints: ['/opt/uploaded_files/scripts/a.sh: FAILED'] },
    says: 'files: /opt/uploaded_files/scripts/a.sh: FAILED',
  },
  {
    title: 'what configure-services said of its failure is passed on',
    facts: { failure: { reason: 'unit web.service is broken', hint: 'mend it' } },
    says: 'files: unit web.service is broken',
  },
  {
    title: 'other files than the ones here are a failure',
    facts: { appliedManifest: 'other' },
    says: 'files: the node has other files than the ones here',
  },
  {
    title: 'a unit that systemd does not know is not installed',
    facts: { units: [sampleUnit({ loadState: 'not-found', activeState: 'inactive' })] },
    says: 'web.service: not installed: systemd knows no such unit',
  },
  {
    title: 'a crash loop is recognised while systemd still tries',
    facts: {
      units: [
        sampleUnit({
          activeState: 'activating',
          subState: 'auto-restart',
          restarts: 3,
          exitStatus: 1,
        }),
      ],
    },
    says: 'web.service: keeps ending with status 1, restarted 3 times',
  },
  {
    title: 'a command before the main one is told from the main one',
    facts: {
      units: [
        sampleUnit({
          activeState: 'activating',
          subState: 'auto-restart',
          restarts: 3,
          result: 'exit-code',
          exitStatus: 0,
        }),
      ],
    },
    says: 'web.service: keeps failing before its own command runs (ExecStartPre), restarted 3 times',
  },
  {
    title: 'one that has just come up again is still one',
    facts: { units: [sampleUnit({ restarts: 3, exitStatus: 1, activeSince: 190 })] },
    says: 'web.service: keeps ending with status 1, restarted 3 times',
  },
  {
    title: 'a first restart may still help',
    facts: {
      units: [
        sampleUnit({
          activeState: 'activating',
          subState: 'auto-restart',
          restarts: 1,
          exitStatus: 1,
        }),
      ],
    },
    says: 'web.service: ended with status 1, systemd starts it again …',
  },
  {
    title: 'a failed unit is failed for good',
    facts: { units: [sampleUnit({ activeState: 'failed', result: 'exit-code', exitStatus: 3 })] },
    says: 'web.service: failed: exit-code, exit status 3',
  },
  {
    title: 'a dependent of a failed unit is not running, although its own result is success',
    facts: { units: [sampleUnit({ activeState: 'inactive', subState: 'dead' })] },
    says: 'web.service: not running (inactive): it was stopped, or a unit that it requires failed …',
  },
  {
    title: 'a container that ended is named with its status',
    facts: {
      containers: [{ name: 'bacalhau-node', state: 'exited', status: 'Exited (1)', image: 'x' }],
    },
    says: 'container bacalhau-node: exited: Exited (1) …',
  },
  {
    title: 'Docker that does not answer is one failure, not one for each container',
    facts: { docker: { problem: 'Cannot connect to the Docker daemon' } },
    says: 'docker: Cannot connect to the Docker daemon …',
  },
  {
    title: 'a full disk is named',
    facts: { disk: { totalKb: 20_000_000, availableKb: 10 } },
    says: 'disk: 0.0 GiB of 19.1 GiB free',
  },
  {
    title: 'a small disk is told in a unit that says something',
    facts: { disk: { totalKb: 40_000, availableKb: 10_000 } },
    says: 'disk: 10 MiB of 39 MiB free',
  },
  {
    title: 'cloud-init that failed before anything was configured is a failure',
    facts: {
      cloudInit: { state: 'done' as const, errors: ['runcmd failed'] },
      appliedManifest: 'digest',
    },
    says: undefined,
  },
]) {
  test(title, () => assert.deepEqual(failures(facts), says === undefined ? [] : [says]));
}

test('cloud-init that failed on a node that was never configured is a failure', () => {
  const { appliedManifest: _applied, ...unconfigured } = healthy;
  const found = runChecks(
    { ...unconfigured, cloudInit: { state: 'done', errors: ['runcmd failed'] } },
    target,
  ).filter(({ status }) => status === 'failed');
  assert.equal(found[0]?.detail, 'runcmd failed');
});

test('other files than the ones here are no failure where nobody asked for just these', () => {
  const [files] = results(
    { appliedManifest: 'other' },
    { manifest: { digest: 'digest', required: false } },
  ).filter(({ name }) => name === 'files');
  assert.equal(files?.status, 'passed');
  assert.match(files?.detail ?? '', /push/);
});

test('a service that has just started has not settled', () => {
  const [service] = results({ units: [sampleUnit({ activeSince: 197 })] }).filter(
    ({ name }) => name === 'web.service',
  );
  assert.equal(service?.status, 'passed');
  assert.equal(service?.pending, true);
});

test('a oneshot that has finished is done', () => {
  assert.deepEqual(
    failures({
      units: [sampleUnit({ type: 'oneshot', activeState: 'inactive', subState: 'dead' })],
    }),
    [],
  );
});

test('a oneshot that never ran is not done', () => {
  assert.equal(
    failures({
      units: [
        sampleUnit({
          type: 'oneshot',
          activeState: 'inactive',
          subState: 'dead',
          invocationId: '',
        }),
      ],
    }).length,
    1,
  );
});

test('the failed unit comes before those that wait for it', () => {
  const found = results(
    {
      units: [
        sampleUnit({ id: 'a.service', activeState: 'inactive', subState: 'dead' }),
        sampleUnit({ id: 'b.service', activeState: 'failed', result: 'exit-code', exitStatus: 1 }),
      ],
    },
    { services: ['a.service', 'b.service'], containers: [] },
  ).filter(({ status }) => status === 'failed');
  assert.deepEqual(
    found.map(({ name }) => name),
    ['b.service', 'a.service'],
  );
});

test('Compose’s own names of containers count', () => {
  for (const name of ['project-web-1', 'project_web_1', 'web']) {
    const container = { name, state: 'running', status: 'Up', image: 'x' };
    assert.deepEqual(failures({ containers: [container] }, { containers: ['web'] }), []);
  }
  for (const name of ['site-my_web-1', 'site_my_web_1']) {
    const container = { name, state: 'running', status: 'Up', image: 'x' };
    assert.deepEqual(failures({ containers: [container] }, { containers: ['site-my_web-1'] }), []);
    assert.equal(
      failures({ containers: [container] }, { containers: ['site-my_web-2'] }).length,
      1,
    );
    assert.equal(failures({ containers: [container] }, { containers: ['my-my_web-1'] }).length, 1);
  }
  const other = { name: 'project-web-proxy-1', state: 'running', status: 'Up', image: 'x' };
  assert.equal(failures({ containers: [other] }, { containers: ['web'] }).length, 1);
});
