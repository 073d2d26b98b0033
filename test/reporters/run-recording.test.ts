import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, test } from 'node:test';
import type { SummaryEvent } from '../../source/events/event.ts';
import { startRecording } from '../../source/reporters/run-recording.ts';
import { logLine, Recordings } from './recordings.ts';
import { at, sampleRun } from './sample-run.ts';

let recordings: Recordings;
let problems: string[];

beforeEach(async () => {
  recordings = await Recordings.create();
  problems = [];
});

afterEach(() => recordings.remove());

const summary: SummaryEvent = {
  event: 'summary',
  time: at(500),
  ready: 3,
  failed: 0,
  interrupted: 0,
  terminated: 0,
  elapsedSeconds: 500,
  apiCalls: 1,
};

const start = (file: string, folder = recordings.folder) =>
  startRecording({ file, folder, onProblem: (problem) => problems.push(problem) });

test('a node’s log and the past can be read while the run goes on', async () => {
  await recordings.record(recordings.file(0), sampleRun);
  const recording = start(recordings.file(400, 'attach', process.pid));
  recording.record(logLine(1));
  recording.record(logLine(2, 'us-west-2-2'));
  recording.record(logLine(3));
  const log = await recording.readLog('us-west-2-1');
  assert.deepEqual(
    log.map(({ message }) => message),
    ['line 1', 'line 3'],
  );
  assert.equal((await recording.readHistory()).length, 7);
  await recording.close(summary);
  assert.deepEqual(problems, []);
});

test('before anything was recorded there is nothing, and that is no problem', async () => {
  const recording = start(recordings.file(0));
  assert.deepEqual(await recording.readLog('us-west-2-1'), []);
  assert.deepEqual(await recording.readHistory(), []);
  await recording.close(summary);
  await assert.rejects(stat(recordings.file(0)), { code: 'ENOENT' });
});

test('a run that was left ends with what had become of it, once', async () => {
  const ends = async (seconds: number, events: typeof sampleRun) => {
    const recording = start(recordings.file(seconds));
    for (const event of events) recording.record(event);
    await recording.close(summary);
    const lines = (await readFile(recordings.file(seconds), 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'summary');
  };
  const [left, ...others] = await ends(0, sampleRun.slice(0, -1));
  assert.equal(left?.ready, 3);
  assert.deepEqual(others, []);
  assert.equal((await ends(1, sampleRun)).length, 1);
});

test('a folder that can’t be used is a warning, and the run goes on without a recording', async () => {
  await recordings.remove();
  await writeFile(recordings.folder, 'a file in the way');
  const recording = start(recordings.file(0));
  for (const event of sampleRun) recording.record(event);
  assert.deepEqual(await recording.readLog('us-west-2-1'), []);
  await recording.close(summary);
  assert.equal(problems.length, 1, problems.join('\n'));
  assert.match(problems[0] ?? '', /not recorded any more/);
});
