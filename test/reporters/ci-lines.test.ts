import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { type CiLinesOptions, createCiLines } from '../../source/reporters/ci-lines.ts';
import { at, sampleRun } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

process.env.TZ = 'UTC';

const print = async (
  events: readonly FleetEvent[],
  {
    verbose = false,
    environment = {},
    stream = new SlowStream(),
    recording,
  }: Partial<CiLinesOptions> & { stream?: SlowStream } = {},
): Promise<string[]> => {
  const report = createCiLines(stream, { verbose, environment, recording });
  for (const event of events) report(event);
  await report.flush();
  return stream.lines;
};

test('a run reads as a table of what happened to whom', async () => {
  assert.deepEqual(await print(sampleRun), [
    '05:12:33 demo            create       2 nodes in us-west-2, eu-central-1',
    '05:12:33 us-west-2-1     pending',
    '05:12:35 us-west-2-1     booting      i-0a1b2c3d4e5f67890, t3.medium in us-west-2a',
    '05:12:42 us-west-2-1     connecting   203.0.113.7',
    '05:12:53 us-west-2-1     uploading',
    '05:13:04 us-west-2-1     failed       in configuring: sensor.service is missing',
    '05:13:04 us-west-2-1     hint         add it to the payload, then: spot-tui push us-west-2-1',
    '05:13:04 us-west-2-1     output       installing units',
    '05:13:04 us-west-2-1     output       sensor.service: no such file',
    '05:13:13 us-west-2-1     pending      attempt 2',
    '05:13:54 us-west-2-1     ready        after 41 s',
    '05:14:03 us-west-2-1     degraded     sensor.service is not active',
    '05:14:03 us-west-2-1     hint         spot-tui logs us-west-2-1',
    '05:14:13 us-west-2-1     interrupted  EC2 needs the capacity back (until 05:16:13)',
    '05:16:23 us-west-2-1     interrupted  EC2 took it',
    '05:16:24 us-west-2-1     terminating  Server.SpotInstanceTermination',
    '05:16:25 us-west-2-1     terminated   gone',
    '05:16:26 us-west-2       warning      no capacity for t3.medium in us-west-2a',
    '05:16:26 us-west-2       hint         allow more instance types',
    '05:16:27 demo            info         one node less',
    '05:16:33 demo            not ready    NODE         PHASE       INSTANCE             REASON',
    '05:16:33 demo            not ready    us-west-2-1  terminated  i-0a1b2c3d4e5f67890  gone',
    '05:16:33 demo            summary      1 ready, 1 interrupted after 41.2 s and 17 EC2 requests',
  ]);
});

test('a node that EC2 took and that another has the place of is said so, and is not missed', async () => {
  const ofNode = { time: at(9), node: 'us-west-2-1' } as const;
  const machine = { event: 'instance', instanceId: 'i-1', region: 'us-west-2' } as const;
  const gone = { reason: 'EC2 took it', hint: 'launch another one' };
  const told = await print([
    { ...ofNode, ...machine },
    { ...ofNode, event: 'phase', phase: 'interrupted', reason: 'EC2 takes it', deadline: at(129) },
    { ...ofNode, ...machine, replacedBy: 'us-west-2-2' },
    { ...ofNode, ...machine, replacedBy: 'us-west-2-2', pricePerHour: 1 },
    { ...ofNode, event: 'phase', phase: 'interrupted', ...gone },
    {
      ...{ event: 'summary', time: at(60), ready: 1, failed: 0, interrupted: 0, terminated: 0 },
      ...{ replaced: 1, elapsedSeconds: 1, apiCalls: 2 },
    },
  ]);
  assert.deepEqual(
    told.map((line) => line.slice('05:12:33 '.length).replace(/ +/g, ' ')),
    [
      'us-west-2-1 interrupted EC2 takes it (until 05:14:42)',
      'us-west-2-1 replaced us-west-2-2 has its place',
      'us-west-2-1 interrupted EC2 took it',
      'us-west-2-1 hint launch another one',
      'spot-tui summary 1 ready, 1 replaced after 1 s and 2 EC2 requests',
    ],
  );
});

test('verbose adds machines, progress and what nodes say', async () => {
  const quiet = new Set(await print(sampleRun));
  const added = (await print(sampleRun, { verbose: true })).filter((line) => !quiet.has(line));

  assert.deepEqual(added, [
    '05:12:35 us-west-2-1     instance     i-0a1b2c3d4e5f67890, t3.medium in us-west-2a',
    '05:12:35 eu-central-1-1  instance     i-1 in us-west-2',
    '05:12:42 us-west-2-1     log          spot-tui: connection refused',
    '05:12:54 us-west-2-1     uploading    50 % of 1.0 MB',
    '05:12:55 us-west-2-1     uploading    100 % of 1.0 MB',
    '05:13:03 us-west-2-1     log          configure-services: reloading systemd',
  ]);
});

const node = 'us-west-2-1';

const log = (message: string): FleetEvent => ({
  event: 'log',
  time: at(1),
  node,
  source: 'sensor.service',
  message,
});

const failed: FleetEvent = {
  event: 'phase',
  time: at(2),
  node,
  phase: 'failed',
  failedPhase: 'verifying',
  reason: 'it does not run',
  hint: 'look at its log',
};

const outputs = (lines: readonly string[]) =>
  lines.flatMap((line) => / output {7}(.*)$/.exec(line)?.[1] ?? []);

test('a host key that nobody vouches for is told once', async () => {
  const machine = { node: 'a-1', instanceId: 'i-1', region: 'a', hostKeyFingerprint: 'SHA256:A' };
  const told = (hostKey: 'pinned' | 'verified', time: number): FleetEvent => ({
    ...{ event: 'instance', time: at(time), hostKey },
    ...machine,
  });
  const lines = await print([told('pinned', 0), told('pinned', 1)]);
  assert.deepEqual(
    lines.map((line) => line.replace(/^\S+ /, '')),
    ['a-1       unverified   host key: nobody vouches for SHA256:A, it was trusted at first sight'],
  );
  assert.deepEqual(await print([told('verified', 0)]), []);
});

test('a failure without output of its own comes with the node’s last log lines', async () => {
  const logs = Array.from({ length: 15 }, (_, index) => log(`line ${index}`));
  assert.deepEqual(
    outputs(await print([...logs, failed])),
    Array.from({ length: 10 }, (_, index) => `sensor.service: line ${index + 5}`),
  );
});

test('log lines of an earlier attempt are not blamed', async () => {
  const pending = (attempt: number): FleetEvent => ({
    event: 'phase',
    time: at(1),
    node,
    region: 'us-west-2',
    phase: 'pending',
    attempt,
  });
  assert.deepEqual(outputs(await print([pending(1), log('old'), pending(2), log('new'), failed])), [
    'sensor.service: new',
  ]);
  assert.deepEqual(outputs(await print([log('once'), failed, failed])), ['sensor.service: once']);
});

test('progress is shown in steps, not for every block', async () => {
  const steps = Array.from(
    { length: 1_001 },
    (_, done): FleetEvent => ({
      event: 'progress',
      time: at(1),
      node,
      phase: 'uploading',
      done,
      total: 1_000,
    }),
  );
  assert.equal((await print(steps, { verbose: true })).length, 10);
});

test('long names widen the table instead of breaking it', async () => {
  const lines = await print([log('x'), { ...failed, node: 'ap-southeast-4-1000' }, failed]);
  const columns = lines.map((line) => line.indexOf('failed')).filter((column) => column > 0);
  assert.deepEqual(columns, [30, 30]);
});

test('nothing that a node says can act on the terminal or pass for a line of its own', async () => {
  const lines = await print([
    { ...failed, reason: 'a\u001b[2Jb\n05:00:00 other-node  ready', node: 'us\u001b[31m-1' },
  ]);
  assert.match(lines[0] ?? '', /us-1 +failed +in verifying: ab 05:00:00 other-node {2}ready$/);
  assert.equal(lines.length, 2);
});

class ColourStream extends SlowStream {
  readonly isTTY = true;
  hasColors(): boolean {
    return true;
  }
}

test('colour is for terminals that have it, unless NO_COLOR says no', async () => {
  const isPlain = (lines: readonly string[]) => !lines.join('').includes('\u001b');

  assert(isPlain(await print([failed])));
  assert(!isPlain(await print([failed], { stream: new ColourStream() })));
  assert(
    isPlain(await print([failed], { stream: new ColourStream(), environment: { NO_COLOR: '1' } })),
  );
});

test('colour does not move columns', async () => {
  const bare = await print(sampleRun);
  const coloured = await print(sampleRun, { stream: new ColourStream() });
  assert.deepEqual(
    coloured.map((line) => line.replace(/\u001b\[\d+m/g, '')),
    bare,
  );
});

const entered = (name: string, phase: 'connecting' | 'verifying' | 'ready'): FleetEvent => ({
  event: 'phase',
  time: at(3),
  node: name,
  region: 'us-west-2',
  phase,
  attempt: 1,
});

const summary: FleetEvent = {
  event: 'summary',
  time: at(9),
  ready: 1,
  failed: 1,
  interrupted: 0,
  terminated: 0,
  elapsedSeconds: 9,
  apiCalls: 3,
};

test('the end names the nodes that are not ready, worst first, and the recording', async () => {
  const events = [entered('a-1', 'ready'), entered('a-2', 'verifying'), failed, summary];
  const lines = await print(events, { recording: '/runs/demo.ndjson' });
  assert.deepEqual(
    lines.slice(-6).map((line) => line.replace(/^\S+ spot-tui +/, '')),
    [
      'not ready    NODE         PHASE      INSTANCE  REASON',
      'not ready    us-west-2-1  failed     -         in verifying: it does not run',
      'not ready    a-2          verifying  -',
      'more         spot-tui explain checks',
      'recorded     /runs/demo.ndjson',
      'summary      1 ready, 1 failed, 1 unfinished after 9 s and 3 EC2 requests',
    ],
  );
});

test('the end tells the last that was heard of nodes that were still at it', async () => {
  const heard = {
    event: 'log',
    time: at(4),
    node: 'a-2',
    source: 'spot-tui',
    message: 'waits for its host key on the console',
  } as const;
  const lines = await print([entered('a-2', 'connecting'), heard, summary]);
  assert.deepEqual(
    lines.slice(-3, -1).map((line) => line.replace(/^\S+ spot-tui +/, '')),
    [
      'not ready    a-2   connecting  -         not done; last: spot-tui: waits for its host key on the console',
      'more         spot-tui explain ssh',
    ],
  );
});

test('the end says where to read on about errors of the fleet as a whole', async () => {
  const notice = { event: 'notice', time: at(3), message: 'left', hint: 'again' } as const;
  const events: FleetEvent[] = [
    failed,
    { ...notice, level: 'error', topic: 'leftovers' },
    { ...notice, level: 'warning', topic: 'aws' },
    { ...notice, level: 'error' },
    summary,
  ];
  const more = (await print(events)).filter((line) => / more /.test(line));
  assert.deepEqual(
    more.map((line) => line.replace(/^\S+ spot-tui +/, '')),
    ['more         spot-tui explain checks, spot-tui explain leftovers'],
  );
  const alone = await print([{ ...notice, level: 'error', topic: 'leftovers' }, summary]);
  assert.match(alone.at(-2) ?? '', / more +spot-tui explain leftovers$/);
});

test('a fleet that is ready needs no table, nor one that was destroyed', async () => {
  const table = (events: readonly FleetEvent[]) =>
    print(events).then((lines) => lines.filter((line) => / not (?:ready|gone) /.test(line)));
  assert.deepEqual(await table([entered('a-1', 'ready'), summary]), []);

  const destroy: FleetEvent = {
    ...{ event: 'fleet', time: at(0), deployment: 'demo', command: 'destroy', nodes: 2 },
    regions: ['us-west-2'],
  };
  const gone = (name: string): FleetEvent => ({
    ...{ event: 'phase', time: at(3), node: name, phase: 'terminated', reason: 'asked for here' },
  });
  assert.deepEqual(await table([destroy, gone('a-1'), gone('a-2'), summary]), []);
  assert.match(
    (await table([destroy, gone('a-1'), failed, summary])).join(),
    /us-west-2-1 +failed/,
  );
});

test('hundreds of nodes that fail in one way are one output and a bounded table', async () => {
  const nodes = Array.from({ length: 300 }, (_, index) => `us-west-2-${index + 1}`);
  const events = nodes.map(
    (name): FleetEvent => ({ ...failed, node: name, output: ['first', 'second'] }),
  );
  const lines = await print([...events, summary]);
  assert.deepEqual(outputs(lines).slice(0, 3), ['first', 'second', 'the same as of us-west-2-1']);
  assert.equal(
    lines.filter((line) => line.includes(' failed  ') && !line.includes('not ready')).length,
    300,
  );
  const table = lines.filter((line) => line.includes('not ready'));
  assert.equal(table.length, 52);
  assert.match(table.at(-1) ?? '', /and 250 more$/);
});

test('a node that is well again does not look like one that took an hour', async () => {
  const node = 'us-west-2-1';
  const enters = (seconds: number, phase: 'pending' | 'ready'): FleetEvent => ({
    event: 'phase',
    time: at(seconds),
    node,
    region: 'us-west-2',
    phase,
    attempt: 1,
  });
  const lines = await print([
    enters(0, 'pending'),
    enters(41, 'ready'),
    {
      event: 'phase',
      time: at(3_600),
      node,
      phase: 'degraded',
      reason: 'sensor.service: failed',
      hint: 'look',
    },
    enters(3_700, 'ready'),
  ]);
  assert.match(lines.at(-1) ?? '', /ready +again, no longer degraded$/);
});
