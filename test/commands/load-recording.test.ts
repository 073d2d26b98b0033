import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRecording } from '../../source/commands/load-recording.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { logLine } from '../reporters/recordings.ts';
import { sampleRun } from '../reporters/sample-run.ts';

async function* each(events: readonly FleetEvent[]): AsyncGenerator<FleetEvent> {
  yield* events;
}

test('a recording that fits is held as it is', async () => {
  assert.deepEqual(await loadRecording(each(sampleRun), 100), { events: sampleRun, leftOut: 0 });
});

test('of one that does not, the oldest lines of logs are left out, and nothing else', async () => {
  const chatter = Array.from({ length: 1_000 }, (_, number) => logLine(number));
  const { events, leftOut } = await loadRecording(each([...sampleRun, ...chatter]), 200);
  assert(events.length < 200);
  assert.equal(events.length + leftOut, sampleRun.length + chatter.length);
  const isSpoken = ({ event }: FleetEvent) => event === 'log' || event === 'progress';
  assert.deepEqual(
    events.filter((event) => !isSpoken(event)),
    sampleRun.filter((event) => !isSpoken(event)),
  );
  assert.deepEqual(events.slice(-50), chatter.slice(-50));
});

test('what can’t be left out is held, however much it is', async () => {
  const phases = sampleRun.filter(({ event }) => event === 'phase');
  const many = Array.from({ length: 50 }, () => phases).flat();
  assert.deepEqual(await loadRecording(each(many), 100), { events: many, leftOut: 0 });
});
