import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { historyOf } from '../../source/fleet/history.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import { createCarriedEvents } from '../../source/reporters/carried-events.ts';
import { createCiLines } from '../../source/reporters/ci-lines.ts';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { parseEventLine } from '../../source/reporters/parse-event.ts';
import type { Reporter } from '../../source/reporters/reporter.ts';
import { createSpokenLines } from '../../source/reporters/spoken-lines.ts';
import { summaryMarkdown } from '../../source/reporters/step-summary.ts';
import { at } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

process.env.TZ = 'UTC';

const [old, moved] = ['us-west-2-1', 'us-east-1-2'];
const reason = 'no capacity in us-west-2 (t3.medium in us-west-2a: InsufficientInstanceCapacity)';
const summary = {
  event: 'summary',
  time: at(9),
  ready: 1,
  failed: 0,
  interrupted: 0,
  terminated: 0,
  elapsedSeconds: 9,
  apiCalls: 12,
} as const;

const enters = (node: string, phase: 'launching' | 'ready', seconds: number): FleetEvent => ({
  event: 'phase',
  time: at(seconds),
  node,
  region: node.slice(0, -2),
  phase,
  attempt: 1,
});

/** A node that finds no capacity in its region and a machine in another. */
const run: readonly FleetEvent[] = [
  {
    event: 'fleet',
    time: at(0),
    deployment: 'demo',
    command: 'create',
    regions: ['us-west-2', 'us-east-1'],
    nodes: 1,
  },
  enters(old, 'launching', 1),
  { event: 'moved', time: at(2), node: old, to: moved, reason },
  enters(moved, 'launching', 2),
  {
    event: 'notice',
    time: at(3),
    level: 'warning',
    region: 'us-west-2',
    message: 'us-west-2: 1 of 1 node found no capacity: launched in us-east-1 instead',
  },
  enters(moved, 'ready', 8),
  summary,
];

const told = async (create: (stream: Writable) => Reporter): Promise<string[]> => {
  const stream = new SlowStream();
  const report = create(stream);
  for (const event of run) report(event);
  await report.flush();
  return stream.lines;
};

test('CI lines say where a node went and why, and count it once', async () => {
  const lines = await told((stream) => createCiLines(stream, { verbose: false, environment: {} }));
  assert.ok(
    lines.some((line) => /us-west-2-1 +moved +to us-east-1-2: no capacity/.test(line)),
    lines.join('\n'),
  );
  assert.match(lines.at(-1) ?? '', /summary +1 ready after 9 s/);
});

test('a node that runs on demand is marked as one, and the end says what all of them cost', async () => {
  const launched: FleetEvent = {
    event: 'instance',
    time: at(2),
    node: moved,
    region: 'us-east-1',
    instanceId: 'i-1',
    instanceType: 't3.medium',
    lifecycle: 'on-demand',
  };
  const priced = { ...summary, pricePerHour: 0.0416 };
  const events = [...run.slice(0, -1), launched, priced];
  const markdown = summaryMarkdown(reduceAll(emptyFleet, events), priced, 100_000);
  assert.match(markdown, /\| t3\.medium on demand \|/);
  assert.match(markdown, /^1 ready of 1 after 9 s, at \$0\.0416 an hour$/m);
  const stream = new SlowStream();
  const report = createCiLines(stream, { verbose: true, environment: {} });
  for (const event of events) report(event);
  await report.flush();
  assert.ok(stream.lines.some((line) => line.endsWith('i-1, t3.medium on demand in us-east-1')));
  assert.match(stream.lines.at(-1) ?? '', /12 EC2 requests, at \$0\.0416 an hour$/);
});

test('it is said to those who listen, too', async () => {
  const lines = await told((stream) => createSpokenLines(stream, { verbose: false }));
  assert.ok(lines.includes(`us-west-2-1 moved to us-east-1-2: ${reason}.`), lines.join('\n'));
  assert.ok(lines.some((line) => line.endsWith('1 of 1 ready.')));
});

test('the fleet has the node under its new name, and knows the old one', () => {
  const state = reduceAll(emptyFleet, run);
  assert.deepEqual([...state.nodes.keys()], [moved]);
  assert.equal(state.moved.get(old), moved);
});

test('the step summary says it above the nodes', () => {
  const text = summaryMarkdown(reduceAll(emptyFleet, run), summary, 100_000);
  assert.match(
    text,
    /^- us-west-2\\: 1 of 1 node found no capacity\\: launched in us-east-1 instead$/m,
  );
  assert.match(text, /^1 ready of 1 after 9 s$/m);
  assert.doesNotMatch(text, /us-west-2-1/);
});

test('it is read back from NDJSON as it was, and carried into later parts of a recording', () => {
  const carried = createCarriedEvents();
  for (const event of run) {
    const parsed = parseEventLine(formatEventLine(event));
    assert.deepEqual('event' in parsed && parsed.event, event);
    carried.add(event);
  }
  const state = reduceAll(emptyFleet, carried.all());
  assert.deepEqual([...state.nodes.keys()], [moved]);
  assert.equal(state.moved.get(old), moved);
});

test('the past says where a node went', () => {
  const past = historyOf(run.map((event) => ({ run: 'a', event })));
  assert.deepEqual(
    past.filter(({ event }) => event === 'moved'),
    [{ event: 'moved', time: at(2), run: 'a', node: old, to: moved, reason }],
  );
});
