import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FleetEvent } from '../../source/events/event.ts';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { jsonSchemas } from '../../source/reporters/json-schemas.ts';
import { createNdjsonReporter } from '../../source/reporters/ndjson.ts';
import { at, sampleRun } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

const validatorOf = (name: string) => {
  const schema = jsonSchemas().get(name);
  assert(schema);
  return new Ajv2020({ allErrors: true, formats: { 'date-time': isoTime } }).compile(schema);
};

const isoTime = (text: string): boolean => !Number.isNaN(Date.parse(text));

const progress = (done: number): FleetEvent => ({
  event: 'progress',
  time: at(done),
  node: 'us-west-2-1',
  phase: 'uploading',
  done,
  total: 100,
});

const log = (message: string): FleetEvent => ({
  event: 'log',
  time: at(1),
  node: 'us-west-2-1',
  source: 'sensor.service',
  message,
});

const ready: FleetEvent = {
  event: 'phase',
  time: at(50),
  node: 'us-west-2-1',
  region: 'us-west-2',
  phase: 'ready',
  attempt: 1,
};

test('lines look as documented', () => {
  const lines = sampleRun.map(formatEventLine);

  for (const line of [
    '{"time":"2026-11-24T05:12:53.000Z","event":"phase","node":"us-west-2-1","region":"us-west-2","instanceId":"i-0a1b2c3d4e5f67890","phase":"uploading","attempt":1}',
    '{"time":"2026-11-24T05:12:54.000Z","event":"progress","node":"us-west-2-1","phase":"uploading","done":524288,"total":1048576}',
    '{"time":"2026-11-24T05:13:03.000Z","event":"log","node":"us-west-2-1","source":"configure-services","message":"reloading systemd"}',
    '{"time":"2026-11-24T05:16:33.000Z","event":"summary","ready":1,"failed":0,"interrupted":1,"terminated":0,"elapsedSeconds":41.2,"apiCalls":17}',
  ]) {
    assert(lines.includes(line), line);
  }
});

test('time comes first, then event, then node, however the event was put together', () => {
  const { node, time, ...rest } = ready;
  assert.match(
    formatEventLine({ ...rest, node, time } as FleetEvent),
    /^\{"time":"2026-11-24T05:13:23\.000Z","event":"phase","node":"us-west-2-1",/,
  );
});

test('every event agrees with the schema that is shipped', () => {
  const validate = validatorOf('events.schema.json');
  for (const event of sampleRun) {
    assert(validate(JSON.parse(formatEventLine(event))), JSON.stringify([event, validate.errors]));
  }
});

test('the schema refuses what is no event', () => {
  const validate = validatorOf('events.schema.json');
  const line: object = JSON.parse(formatEventLine(ready));
  assert(validate({ ...line, addedLater: true }), 'later versions may add fields');
  for (const wrong of [
    { ...line, time: 1_764_000_000 },
    { ...line, time: 'yesterday' },
    { ...line, event: 'party' },
    { ...line, phase: 'partying' },
    { ...line, attempt: 0 },
    { ...line, node: undefined },
    [],
    'ready',
  ]) {
    assert(!validate(JSON.parse(JSON.stringify(wrong))), JSON.stringify(wrong));
  }
});

test('the shipped schemas are the current ones', async () => {
  for (const [name, schema] of jsonSchemas()) {
    const shipped: unknown = JSON.parse(await readFile(`templates/${name}`, 'utf8'));
    assert.deepEqual(shipped, JSON.parse(JSON.stringify(schema)), 'run `npm run schema`');
  }
});

test('what list and doctor print has a schema', () => {
  const list = {
    deployment: 'demo',
    nodes: [
      {
        node: 'us-west-2-1',
        instanceId: 'i-0a1b2c3d4e5f67890',
        region: 'us-west-2',
        zone: 'us-west-2a',
        instanceType: 't3.medium',
        state: 'running',
        address: null,
        launchedAt: '2026-11-24T05:12:33.000Z',
        hostKey: null,
        expiresAt: null,
        lifecycle: 'spot',
        pricePerHour: 0.0125,
      },
    ],
    totals: { nodes: 1, onDemand: 0, pricePerHour: 0.0125, unpriced: 0 },
  };
  const doctor = {
    nodes: [
      {
        node: 'us-west-2-1',
        ok: false,
        checks: [
          { name: 'ssh', status: 'passed', detail: '203.0.113.7' },
          { name: 'files', status: 'failed', detail: 'one is missing', hint: 'spot-tui push' },
        ],
      },
    ],
  };
  assert(validatorOf('list.schema.json')(list));
  assert(!validatorOf('list.schema.json')({ ...list, deployment: undefined }));
  assert(validatorOf('doctor.schema.json')(doctor));
  assert(!validatorOf('doctor.schema.json')({ nodes: [{ node: 'us-west-2-1', checks: [] }] }));
});

test('every event becomes a line', async () => {
  const stream = new SlowStream();
  const report = createNdjsonReporter(stream);
  for (const event of sampleRun) report(event);
  await report.flush();

  assert.deepEqual(stream.lines, sampleRun.map(formatEventLine));
});

test('a reader that stops for a while gets the newest progress, and everything else', async () => {
  const stream = new SlowStream();
  const report = createNdjsonReporter(stream);
  stream.block();
  report(log('the last line that it takes'));
  for (let done = 0; done < 100; done += 1) report(progress(done));
  report(log('meanwhile'));
  report(progress(100));
  report(ready);
  const flushed = report.flush();
  stream.unblock();
  await flushed;

  assert.deepEqual(
    stream.lines,
    [log('the last line that it takes'), log('meanwhile'), progress(100), ready].map(
      formatEventLine,
    ),
  );
});

test('a reader that is far behind misses log lines, is told so, and misses nothing else', async () => {
  const stream = new SlowStream();
  const report = createNdjsonReporter(stream);
  stream.block();
  const line = log('x'.repeat(1_000_000));
  for (let count = 0; count < 30; count += 1) report(line);
  report(ready);
  const flushed = report.flush();
  stream.unblock();
  await flushed;

  const events = stream.lines.map((text): { event: string; message: string } => JSON.parse(text));
  const logs = events.filter(({ event }) => event === 'log').length;
  assert(logs < 20, `${logs} megabytes waited`);
  assert(events.some(({ event }) => event === 'phase'));
  const notice = events.find(({ event }) => event === 'notice');
  assert.equal(
    notice?.message,
    `${30 - logs} log lines were left out because the reader was too slow`,
  );
  assert(validatorOf('events.schema.json')(notice));
});

test('a reader that has seen enough ends nothing', async () => {
  const head = spawn('head', ['-n', '1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output: Buffer[] = [];
  head.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const problems: string[] = [];
  const report = createNdjsonReporter(head.stdin, { onProblem: (text) => problems.push(text) });
  report(log('first'));
  await once(head, 'close');
  for (let count = 0; count < 1_000; count += 1) report(log('into the void'));
  await report.flush();

  assert.equal(Buffer.concat(output).toString(), `${formatEventLine(log('first'))}\n`);
  assert.deepEqual(problems, []);
});

test('a broken pipe is no problem to speak of', async () => {
  const problems: string[] = [];
  const stream = new SlowStream();
  const report = createNdjsonReporter(stream, { onProblem: (text) => problems.push(text) });
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await once(stream, 'close').catch(() => undefined);
  report(ready);
  await report.flush();

  assert.deepEqual(problems, []);
});

test('a stream that fails is reported once, and ends nothing', async () => {
  const problems: string[] = [];
  const stream = new SlowStream();
  const report = createNdjsonReporter(stream, { onProblem: (text) => problems.push(text) });
  stream.destroy(new Error('no space left on device'));
  await once(stream, 'close').catch(() => undefined);
  report(ready);
  await report.flush();

  assert.deepEqual(problems, ['no space left on device']);
});
