import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { readRun } from '../../source/reporters/read-run.ts';
import { listRuns } from '../../source/reporters/recorded-runs.ts';
import { type HistoryLimits, tidyRuns } from '../../source/reporters/tidy-runs.ts';
import { collect, logLine, Recordings } from './recordings.ts';
import { sampleRun } from './sample-run.ts';

let recordings: Recordings;

beforeEach(async () => {
  recordings = await Recordings.create();
});

afterEach(() => recordings.remove());

const roomy: HistoryLimits = { runs: 50, size: 1_000_000, quiet: 0 };

const tidy = (limits: Partial<HistoryLimits>, signal = new AbortController().signal) =>
  tidyRuns(recordings.folder, {
    currentId: 'the-new-one',
    signal,
    limits: { ...roomy, ...limits },
  });

const commands = async () => (await listRuns(recordings.folder)).map(({ command }) => command);

const record = async (names: readonly string[], events = sampleRun) => {
  for (const [index, name] of names.entries()) {
    await recordings.record(recordings.file(index, name), events);
  }
};

test('the oldest runs make room for the one that begins', async () => {
  await record(['a', 'b', 'c', 'd']);
  await tidy({ runs: 3 });
  assert.deepEqual(await commands(), ['d', 'c']);
});

test('a deployment’s runs take no more of the disk than they may', async () => {
  await record(['a', 'b', 'c', 'd']);
  const { size } = await stat(recordings.file(0, 'a'));
  await tidy({ size: 2 * size });
  assert.deepEqual(await commands(), ['d', 'c']);
});

test('all parts of a run go with it', async () => {
  const limits = { partSize: 2_000, newestParts: 50 };
  await recordings.record(recordings.file(0), [...sampleRun, logLine(1), ...sampleRun], limits);
  await tidy({ runs: 1 });
  assert.deepEqual(await readdir(recordings.folder), []);
});

test('the files of a living process stay, however old they are', async () => {
  await recordings.record(recordings.file(0, 'attach', process.pid), sampleRun);
  await record(['a', 'b']);
  await tidy({ runs: 1, size: 1 });
  assert.deepEqual(await commands(), ['attach']);
  const [name] = await readdir(recordings.folder);
  assert.match(name ?? '', /\.ndjson$/);
});

test('a file that was written a moment ago may be another machine’s, and stays', async () => {
  await record(['a']);
  await tidy({ runs: 1, quiet: 60_000 });
  assert.deepEqual(await commands(), ['a']);
});

test('finished runs are compressed, and only their owner may read them', async () => {
  await record(['a', 'b']);
  await tidy({});
  const names = await readdir(recordings.folder);
  assert.equal(names.length, 2);
  for (const name of names) {
    assert.match(name, /\.ndjson\.gz$/);
    assert.equal((await stat(path.join(recordings.folder, name))).mode & 0o777, 0o600);
  }
  for (const { parts } of await listRuns(recordings.folder)) {
    assert.deepEqual(await collect(readRun(parts)), sampleRun);
  }
  await tidy({});
  assert.deepEqual(await readdir(recordings.folder), names);
});

test('a command that ends at once does not wait for that, and leaves nothing half done', async () => {
  await record(['a']);
  await tidy({}, AbortSignal.abort());
  assert.deepEqual(await commands(), ['a']);
  assert.equal((await readdir(recordings.folder)).length, 1);
});

test('what an interrupted command left half compressed goes, other files stay', async () => {
  await record(['a']);
  for (const name of ['x.ndjson.gz.4711', 'notes.txt']) {
    await writeFile(path.join(recordings.folder, name), 'x');
  }
  await tidy({});
  const names = (await readdir(recordings.folder)).map((name) => name.replace(/^.*Z-/, ''));
  assert.deepEqual(names.sort(), ['a-99999999.ndjson.gz', 'notes.txt']);
});

test('a deployment without a past has nothing to tidy', async () => {
  await recordings.remove();
  await tidy({});
});

test('two commands that begin at once do not trip over each other', async () => {
  await record(['a', 'b', 'c', 'd']);
  await Promise.all([tidy({ runs: 3 }), tidy({ runs: 3 })]);
  assert.deepEqual(await commands(), ['d', 'c']);
  for (const { parts } of await listRuns(recordings.folder)) {
    assert.deepEqual(await collect(readRun(parts)), sampleRun);
  }
});
