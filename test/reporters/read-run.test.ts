import assert from 'node:assert/strict';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import type { FleetState } from '../../source/fleet/state.ts';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { createEventRecorder } from '../../source/reporters/event-recorder.ts';
import { readRun } from '../../source/reporters/read-run.ts';
import { collect, logLine, Recordings } from './recordings.ts';
import { sampleRun } from './sample-run.ts';

let recordings: Recordings;

beforeEach(async () => {
  recordings = await Recordings.create();
});

afterEach(() => recordings.remove());

const lines = Array.from({ length: 300 }, (_, number) => logLine(number));

test('a run in many parts is read as if it were one', async () => {
  const events = [...sampleRun, ...lines, ...sampleRun];
  const run = await recordings.record(recordings.file(0), events, {
    partSize: 3_000,
    newestParts: 1_000,
  });
  assert(run.parts.length > 5);
  assert.deepEqual(await collect(readRun(run.parts)), events);
});

test('compressed parts are read like any other', async () => {
  const events = [...sampleRun, ...lines];
  const file = recordings.file(0);
  const { id, parts } = await recordings.record(file, events, { partSize: 9_000, newestParts: 9 });
  for (const part of parts) {
    await writeFile(`${part.file}.gz`, gzipSync(await readFile(part.file)));
    await rm(part.file);
  }
  assert.deepEqual(await collect(readRun((await recordings.run(id)).parts)), events);
  // Whoever has listed them before they were compressed finds them, too.
  assert.deepEqual(await collect(readRun(parts)), events);
});

test('where the middle of a run was removed it says so, and the fleet is as it was', async () => {
  const [started, ...others] = sampleRun;
  const all = [started as FleetEvent, ...lines.slice(0, 50), ...others, ...lines];
  const run = await recordings.record(recordings.file(0), all, {
    partSize: 4_000,
    newestParts: 2,
  });
  assert(run.parts.length === 3 && (run.parts[1]?.number ?? 0) > 2);
  const events = await collect(readRun(run.parts));
  const gap = events.find(
    (event) => event.event === 'notice' && event.message.includes('leaves out'),
  );
  assert(gap !== undefined);

  const withoutLogs = ({ nodes, ...fleet }: FleetState) => ({
    ...fleet,
    notices: [],
    nodes: [...nodes.values()].map(({ log: _log, logged: _logged, earlier: _, ...node }) => node),
  });
  const state = reduceAll(emptyFleet, events);
  assert.deepEqual(withoutLogs(state), withoutLogs(reduceAll(emptyFleet, all)));
  assert.equal(state.nodes.get('us-west-2-1')?.log.at(-1)?.message, 'line 299');
});

test('a last line that was cut is passed over without a word', async () => {
  const file = recordings.file(0);
  const { parts } = await recordings.record(file, sampleRun);
  const line = formatEventLine(sampleRun[1] as FleetEvent);
  for (const cut of [1, 10, line.length - 1]) {
    const whole = await readFile(file);
    await appendFile(file, line.slice(0, cut));
    const skipped: unknown[] = [];
    const onSkipped = (each: unknown) => skipped.push(each);
    assert.deepEqual(await collect(readRun(parts, { onSkipped })), sampleRun);
    assert.deepEqual(skipped, []);
    await writeFile(file, whole);
  }
  // All but the line end arrived: the event did, too.
  await appendFile(file, line);
  assert.equal((await collect(readRun(parts))).length, sampleRun.length + 1);
});

test('a compressed file that was cut gives what it has', async () => {
  const file = recordings.file(0);
  const { id } = await recordings.record(file, [...sampleRun, ...lines]);
  const whole = gzipSync(await readFile(file));
  await rm(file);
  await writeFile(`${file}.gz`, whole.subarray(0, whole.length - 100));
  const events = await collect(readRun((await recordings.run(id)).parts));
  assert.deepEqual(events.slice(0, sampleRun.length), sampleRun);
});

test('what is no event, and what only later versions know, is passed over and told', async () => {
  const file = recordings.file(0);
  const { parts } = await recordings.record(file, sampleRun);
  await appendFile(
    file,
    [
      '{"time":"2026-11-24T05:12:33Z","event":"party","node":"us-west-2-1"}',
      'garbage',
      formatEventLine(logLine(1)),
      '',
    ].join('\n'),
  );
  const skipped: boolean[] = [];
  const events = await collect(
    readRun(parts, { onSkipped: ({ isBroken }) => skipped.push(isBroken) }),
  );
  assert.deepEqual(events, [...sampleRun, logLine(1)]);
  assert.deepEqual(skipped, [false, true]);
});

test('a line that never ends does not take all memory', async () => {
  const file = recordings.file(0);
  const { parts } = await recordings.record(file, sampleRun);
  await appendFile(file, `${'x'.repeat(6_000_000)}\n${formatEventLine(logLine(1))}\n`);
  const problems: string[] = [];
  const events = await collect(
    readRun(parts, { onSkipped: ({ problem }) => problems.push(problem) }),
  );
  assert.equal(problems.length, 1);
  assert.equal(events.length, sampleRun.length + 1);
});

test('only the wanted kinds are given', async () => {
  const { parts } = await recordings.record(recordings.file(0), [...sampleRun, ...lines]);
  assert.deepEqual(
    await collect(readRun(parts, { kinds: ['summary', 'notice'] })),
    sampleRun.filter(({ event }) => event === 'summary' || event === 'notice'),
  );
});

test('reading ends when it is told to', async () => {
  const { parts } = await recordings.record(recordings.file(0), [...sampleRun, ...lines]);
  const reason = new Error('enough');
  await assert.rejects(collect(readRun(parts, { signal: AbortSignal.abort(reason) })), reason);
});

test('a folder in the place of a file is an error that names it', async () => {
  const file = recordings.file(0);
  const part = { number: 1, file: recordings.folder, isCompressed: false };
  await recordings.record(file, sampleRun);
  await assert.rejects(collect(readRun([part])), (error: Error) => {
    assert.match(error.message, /spot-tui-runs-.* can't be read: it is a folder/);
    return true;
  });
});

test('two that record at once, and a third that reads meanwhile, do not disturb each other', async () => {
  const files = [recordings.file(0, 'create'), recordings.file(0, 'attach')];
  const recorders = files.map((file) =>
    createEventRecorder({
      file,
      onProblem: (problem) => assert.fail(problem),
      limits: { partSize: 5_000, newestParts: 100 },
    }),
  );
  let read = 0;
  for (const line of lines) {
    for (const recorder of recorders) recorder.record(line);
    if (line.time % 50_000 !== 0) continue;
    await recorders[0]?.flush();
    const run = await recordings.run(files[0]?.replace(/^.*\/|\.ndjson$/g, '') ?? '');
    const events = await collect(readRun(run.parts));
    assert.deepEqual(events, lines.slice(0, events.length));
    assert(events.length > read);
    read = events.length;
  }
  assert(read > 0);
  await Promise.all(recorders.map((recorder) => recorder.close()));
  for (const file of files) {
    const run = await recordings.run(file.replace(/^.*\/|\.ndjson$/g, ''));
    assert.deepEqual(await collect(readRun(run.parts)), lines);
  }
});
