import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parseFacts } from '../../../source/pipeline/inspection/parse-facts.ts';

const output = `@boot-id
d09a800c-63c5-4b9b-8a44-e9aa397af082
@uptime
977.41 1650.06
@cloud-init
{  "v1": {   "datasource": "DataSourceNoCloud",   "errors": ["one", "two"]  } }
@directories
/opt/sensor\tubuntu 755
/bacalhau_node\tmissing
@applied
abc
@files
/etc/a: FAILED
@failure
unit x is broken
mend it
@units
Id=a.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
NRestarts=2
ExecMainStatus=0
UnitFileState=enabled
InvocationID=0123
ActiveEnterTimestampMonotonic=5000000
Type=simple

Id=b.service
LoadState=not-found
ActiveState=inactive
@docker
27.5.1
@containers
bacalhau-node\trunning\tUp 3 seconds\tghcr.io/x
@disk
/dev/root 20134592 5000000 15134592 25% /
@memory
MemTotal:       4000000 kB
MemAvailable:   3000000 kB
@processors
2
@load
0.10 0.20 0.30 1/100 42
@end
`;

test('the sections become facts', () => {
  const facts = parseFacts(output);
  assert.equal(facts.uptime, 977.41);
  assert.deepEqual(facts.cloudInit, { state: 'done', errors: ['one', 'two'] });
  assert.deepEqual(facts.directories, [
    { path: '/opt/sensor', exists: true, owner: 'ubuntu', mode: '755' },
    { path: '/bacalhau_node', exists: false },
  ]);
  assert.equal(facts.appliedManifest, 'abc');
  assert.deepEqual(facts.failure, { reason: 'unit x is broken', hint: 'mend it' });
  assert.deepEqual(
    facts.units.map(({ id, loadState, restarts, activeSince }) => [
      id,
      loadState,
      restarts,
      activeSince,
    ]),
    [
      ['a.service', 'loaded', 2, 5],
      ['b.service', 'not-found', 0, 0],
    ],
  );
  assert.deepEqual(facts.docker, { version: '27.5.1' });
  assert.equal(facts.containers[0]?.state, 'running');
  assert.deepEqual(facts.disk, { totalKb: 20_134_592, availableKb: 15_134_592 });
  assert.deepEqual(facts.memory, { totalKb: 4_000_000, availableKb: 3_000_000 });
  assert.deepEqual(facts.load, [0.1, 0.2, 0.3]);
  assert.equal(facts.processors, 2);
});

test('an answer that was cut short is refused', () => {
  assert.throws(() => parseFacts(output.replace('@end\n', '')), /cut short/);
});

test('what no program printed is absent, not wrong', () => {
  const facts = parseFacts('@docker\n\nCannot connect\n@containers\nCannot connect\n@end\n');
  assert.deepEqual(facts.docker, { problem: ' Cannot connect' });
  assert.deepEqual(facts.containers, []);
  assert.equal(facts.disk, undefined);
  assert.equal(facts.processors, undefined);
  assert.equal(facts.appliedManifest, undefined);
});

test('the script that is sent to nodes prints what is read here', async () => {
  const { stdout } = await promisify(execFile)('sh', [
    'templates/inspect-node.sh',
    '/etc',
    '/no/such/directory',
    '--',
    'ssh.service',
  ]);
  const facts = parseFacts(stdout);
  assert.deepEqual(
    facts.directories.map(({ path, exists }) => [path, exists]),
    [
      ['/etc', true],
      ['/no/such/directory', false],
    ],
  );
  const { disk, load, memory, processors = 0, uptime } = facts;
  assert.ok(uptime > 0 && processors > 0 && load !== undefined);
  for (const used of [disk, memory]) {
    assert.ok(used !== undefined && used.totalKb >= used.availableKb && used.totalKb > 0);
  }
});
