import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { createEventRecorder } from '../../source/reporters/event-recorder.ts';
import { at, sampleRun } from './sample-run.ts';

let directory: string;
let file: string;
let problems: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spot-tui-recorder-'));
  file = join(directory, 'runs', 'demo', 'run.ndjson');
  problems = [];
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const onProblem = (message: string) => problems.push(message);

test('every event of a run is in the file, which only its owner may read', async () => {
  const recorder = createEventRecorder({ file, onProblem });
  for (const event of sampleRun) recorder.record(event);
  await recorder.close();

  assert.equal(
    await readFile(file, 'utf8'),
    sampleRun.map((event) => `${formatEventLine(event)}\n`).join(''),
  );
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(directory, 'runs'))).mode & 0o777, 0o700);
  assert.deepEqual(problems, []);
});

test('a run without events leaves no file', async () => {
  await createEventRecorder({ file, onProblem }).close();
  await assert.rejects(stat(file), { code: 'ENOENT' });
});

test('events are on disk soon, not only in the end', async () => {
  const recorder = createEventRecorder({ file, onProblem });
  for (const event of sampleRun) recorder.record(event);
  const linesThere = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length;
  while ((await linesThere()) <= sampleRun.length) await sleep(10);
  assert.equal(await linesThere(), sampleRun.length + 1);
  await recorder.close();
});

/** A log line of some 100 bytes. */
const chatter = (number: number): FleetEvent => ({
  event: 'log',
  time: at(300 + number),
  node: 'us-west-2-1',
  source: 'sensor',
  message: `line ${number}`,
});

test('a long run goes on in further files, and keeps its beginning and its end', async () => {
  const limits = { partSize: 4_000, newestParts: 2 };
  const recorder = createEventRecorder({ file, onProblem, limits });
  for (const event of sampleRun) recorder.record(event);
  for (let number = 0; number < 500; number += 1) recorder.record(chatter(number));
  await recorder.close();
  assert.deepEqual(problems, []);

  const names = (await readdir(dirname(file))).sort();
  assert.equal(names.length, 3, names.join());
  for (const name of names) {
    const { mode, size } = await stat(join(dirname(file), name));
    assert.equal(mode & 0o777, 0o600);
    assert(size < 8_000, `${name} has ${size} bytes`);
  }
  const first = await readFile(file, 'utf8');
  assert(first.startsWith(`${formatEventLine(sampleRun[0] as FleetEvent)}\n`));
  const lines = (await readFile(join(dirname(file), names.at(-2) ?? ''), 'utf8')).split('\n');
  assert(JSON.stringify(lines).includes('line 499'), names.join());
});

test('what was flushed can be read while the run goes on', async () => {
  const recorder = createEventRecorder({ file, onProblem });
  for (const event of sampleRun) recorder.record(event);
  await recorder.flush();
  assert.equal((await readFile(file, 'utf8')).split('\n').length, sampleRun.length + 1);
  await recorder.close();
});

test('a folder that can’t be made is reported once, and harms nothing', async () => {
  await writeFile(join(directory, 'runs'), 'a file in the way');
  const recorder = createEventRecorder({ file, onProblem });
  for (const event of sampleRun) recorder.record(event);
  while (problems.length === 0) await sleep(10);
  for (const event of sampleRun) recorder.record(event);
  await recorder.close();

  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^the run is not recorded any more: E(NOTDIR|EXIST)/);
});

test('a full disk is reported once, and harms nothing', async () => {
  const recorder = createEventRecorder({ file: '/dev/full', onProblem });
  for (const event of sampleRun) recorder.record(event);
  await recorder.close();
  for (const event of sampleRun) recorder.record(event);

  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /ENOSPC/);
});

test('a problem that becomes an event itself does not go round in circles', async () => {
  await writeFile(join(directory, 'runs'), 'a file in the way');
  let count = 0;
  const recorder = createEventRecorder({
    file,
    onProblem: (message) => {
      count += 1;
      recorder.record({ event: 'notice', time: 0, level: 'warning', message });
    },
  });
  for (const event of sampleRun) recorder.record(event);
  await recorder.close();
  assert.equal(count, 1);
});
