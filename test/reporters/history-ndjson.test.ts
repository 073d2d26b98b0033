import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FleetEvent } from '../../source/events/event.ts';
import { fleetHistory } from '../../source/reporters/fleet-history.ts';
import { formatHistoryEntry } from '../../source/reporters/history-ndjson.ts';
import { jsonSchemas } from '../../source/reporters/json-schemas.ts';
import { Recordings } from './recordings.ts';
import { at, sampleRun } from './sample-run.ts';

let recordings: Recordings;

beforeEach(async () => {
  recordings = await Recordings.create();
});

afterEach(() => recordings.remove());

test('every kind of entry is as the schema says', async () => {
  const node = 'us-west-2-1';
  const action = {
    event: 'action',
    id: 1,
    action: 'exec',
    nodes: [node],
    by: 'ana@laptop',
  } as const;
  const events: readonly FleetEvent[] = [
    ...sampleRun,
    { ...action, time: at(250), state: 'started', detail: 'uptime' },
    {
      event: 'action-result',
      time: at(251),
      id: 1,
      action: 'exec',
      node,
      status: 'failed',
      detail: 'exit status 1',
    },
    { ...action, time: at(252), state: 'done' },
    {
      event: 'instance',
      time: at(260),
      node,
      instanceId: 'i-2',
      region: 'us-west-2',
      instanceType: 't3.medium',
      lifecycle: 'on-demand',
    },
    { event: 'phase', time: at(270), node, phase: 'terminated', reason: 'gone' },
  ];
  await recordings.record(recordings.file(0), events);
  const schema = jsonSchemas().get('history.schema.json');
  assert(schema);
  const isEntry = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);
  const lines = (await fleetHistory(recordings.folder)).map((entry) =>
    JSON.parse(formatHistoryEntry(entry)),
  );
  for (const line of lines) assert.ok(isEntry(line), JSON.stringify([line, isEntry.errors]));
  assert.deepEqual([...new Set(lines.map(({ event }) => event))].sort(), [
    'action',
    'command',
    'degraded',
    'failed',
    'interrupted',
    'launched',
    'recovered',
    'terminated',
  ]);
  assert.equal(isEntry({ ...lines[0], time: undefined }), false);
  assert.equal(lines.find(({ instanceId }) => instanceId === 'i-2')?.lifecycle, 'on-demand');
});
