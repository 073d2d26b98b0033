import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { fleetHistory } from '../../source/reporters/fleet-history.ts';
import { describeRun } from '../../source/reporters/run-overview.ts';
import { tidyRuns } from '../../source/reporters/tidy-runs.ts';
import { logLine, Recordings } from './recordings.ts';
import { at, sampleRun } from './sample-run.ts';

let recordings: Recordings;

beforeEach(async () => {
  recordings = await Recordings.create();
});

afterEach(() => recordings.remove());

const later = (events: readonly FleetEvent[], seconds: number): FleetEvent[] =>
  events.map((event) => ({ ...event, time: event.time + seconds * 1000 }));

const degraded = (seconds: number, number: number): FleetEvent => ({
  event: 'phase',
  time: at(seconds),
  node: 'us-west-2-1',
  phase: 'degraded',
  reason: `reason ${number}`,
  hint: 'look',
});

test('the past is put together from all runs, oldest first, without what two runs saw', async () => {
  await recordings.record(recordings.file(0), sampleRun);
  // Attached while the first ran: it has seen the same.
  await recordings.record(recordings.file(50, 'attach'), sampleRun.slice(13));
  await recordings.record(recordings.file(500, 'attach'), [degraded(501, 1), logLine(300)]);
  const past = await fleetHistory(recordings.folder);
  assert.deepEqual(
    past.map((entry) => `${'node' in entry ? entry.node : ''} ${entry.event}`),
    [
      ' command',
      'us-west-2-1 launched',
      'eu-central-1-1 launched',
      'us-west-2-1 failed',
      'us-west-2-1 recovered',
      'us-west-2-1 degraded',
      'us-west-2-1 interrupted',
      'us-west-2-1 degraded',
    ],
  );
  assert.deepEqual(
    past.map(({ time }) => time),
    past.map(({ time }) => time).sort((a, b) => a - b),
  );

  // Nothing of it changes when the recordings are compressed.
  await tidyRuns(recordings.folder, {
    currentId: '',
    signal: new AbortController().signal,
    limits: { runs: 9, size: 1e9, quiet: 0 },
  });
  assert.deepEqual(await fleetHistory(recordings.folder), past);
});

test('only the newest of a long past is kept', async () => {
  const events = Array.from({ length: 2_000 }, (_, number) => degraded(number, number));
  await recordings.record(recordings.file(0), events);
  await recordings.record(recordings.file(5_000), later(events, 5_000));
  const past = await fleetHistory(recordings.folder, { limit: 10 });
  assert.equal(past.length, 10);
  assert.equal(past.at(-1)?.time, at(6_999));
});

test('a deployment without recordings has no past', async () => {
  await recordings.remove();
  assert.deepEqual(await fleetHistory(recordings.folder), []);
});

test('a run is ended, goes on, or was cut short', async () => {
  const [started, ...others] = sampleRun;
  assert(started?.event === 'fleet');
  const events = [{ ...started, by: 'ana@laptop' }, ...others];
  const unfinished = events.slice(0, -1);
  const ended = await describeRun(await recordings.record(recordings.file(0), events));
  assert.equal(ended.state, 'ended');
  assert.equal(ended.by, 'ana@laptop');
  assert.equal(ended.nodes, 2);
  assert.equal(ended.summary?.ready, 1);
  assert.equal(ended.lastEventAt, at(240));

  const dead = await describeRun(await recordings.record(recordings.file(1), unfinished));
  assert.equal(dead.state, 'cut short');
  assert.equal(dead.lastEventAt, at(234));

  const file = recordings.file(2, 'attach', process.pid);
  assert.equal((await describeRun(await recordings.record(file, unfinished))).state, 'ongoing');
});

test('the end of a long run is found, compressed or not', async () => {
  const chatter = Array.from({ length: 5_000 }, (_, number) => logLine(number));
  const events = [...sampleRun.slice(0, -1), ...chatter, ...sampleRun.slice(-1)];
  const run = await recordings.record(recordings.file(0), events, {
    partSize: 200_000,
    newestParts: 2,
  });
  const overview = await describeRun(run);
  assert.equal(overview.summary?.apiCalls, 17);
  await tidyRuns(recordings.folder, {
    currentId: '',
    signal: new AbortController().signal,
    limits: { runs: 9, size: 1e9, quiet: 0 },
  });
  assert.deepEqual(await describeRun(await recordings.run(run.id)), overview);
});
