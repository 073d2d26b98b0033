import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { createEventRecorder } from '../../source/reporters/event-recorder.ts';
import { readNodeLog, readRecordedLog } from '../../source/reporters/recorded-log.ts';
import { listRuns, runOfFile } from '../../source/reporters/recorded-runs.ts';
import { logLine, Recordings } from './recordings.ts';
import { at } from './sample-run.ts';

let recordings: Recordings;

beforeEach(async () => {
  recordings = await Recordings.create();
});

afterEach(() => recordings.remove());

const node = 'us-west-2-1';

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => logLine(from + index));

const instance = (name: string, instanceId: string, address: string): FleetEvent => ({
  event: 'instance',
  time: at(1),
  node: name,
  instanceId,
  region: 'us-west-2',
  address,
});

const messages = (lines: readonly { readonly message: string }[]) =>
  lines.map(({ message }) => message);

test('a node’s newest lines are found among others’, over the parts of a run', async () => {
  const events = range(0, 400).flatMap((line, number) => [line, logLine(number, 'us-west-2-11')]);
  const { parts } = await recordings.record(recordings.file(0), events, {
    partSize: 5_000,
    newestParts: 100,
  });
  const lines = await readNodeLog(parts, node, 250);
  assert.deepEqual(lines[0], { time: at(450), source: 'sensor', message: 'line 150' });
  assert.deepEqual(
    messages(lines),
    Array.from({ length: 250 }, (_, index) => `line ${150 + index}`),
  );
  assert.equal((await readNodeLog(parts, node, 100_000)).length, 400);
  assert.deepEqual(await readNodeLog(parts, 'us-west-2-2', 10), []);
});

test('it can be read while it is written, up to the last line', async () => {
  const file = recordings.file(0);
  const recorder = createEventRecorder({ file, onProblem: assert.fail });
  for (const line of range(0, 50)) recorder.record(line);
  await recorder.flush();
  const lines = await readNodeLog((await runOfFile(file))?.parts ?? [], node, 10);
  assert.equal(lines.at(-1)?.message, 'line 49');
  await recorder.close();
});

test('lines of several runs come in order, and what two runs heard once', async () => {
  await recordings.record(recordings.file(0), range(0, 30));
  await recordings.record(recordings.file(1, 'attach'), range(20, 40));
  const runs = await listRuns(recordings.folder);
  const log = await readRecordedLog(runs, node, { limit: 100 });
  assert.deepEqual(
    messages(log.lines),
    Array.from({ length: 40 }, (_, index) => `line ${index}`),
  );
  assert.equal(log.runs.length, 2);
  const newest = await readRecordedLog(runs, node, { limit: 5 });
  assert.deepEqual(messages(newest.lines), ['line 35', 'line 36', 'line 37', 'line 38', 'line 39']);
  assert.deepEqual(newest.runs, runs.slice(0, 1));
});

test('an instance id or an address means the node only while it had that instance', async () => {
  await recordings.record(recordings.file(0), [
    instance(node, 'i-1', '203.0.113.1'),
    ...range(0, 3),
    instance(node, 'i-2', '203.0.113.2'),
    ...range(3, 5),
  ]);
  const runs = await listRuns(recordings.folder);
  for (const [word, expected] of [
    ['i-1', ['line 0', 'line 1', 'line 2']],
    ['203.0.113.2', ['line 3', 'line 4']],
    [node, ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']],
    ['i-3', []],
  ] as const) {
    const { lines } = await readRecordedLog(runs, word, { limit: 10 });
    assert.deepEqual(messages(lines), expected, word);
  }
});

test('only one source is given where one is asked for', async () => {
  const other: FleetEvent = { ...logLine(9), source: 'docker' } as FleetEvent;
  await recordings.record(recordings.file(0), [...range(0, 2), other]);
  const runs = await listRuns(recordings.folder);
  const { lines } = await readRecordedLog(runs, node, { limit: 10, source: 'docker' });
  assert.deepEqual(messages(lines), ['line 9']);
});
