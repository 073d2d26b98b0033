import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetSessions } from '../../source/fleet/fleet-sessions.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';

const region = 'us-west-2';

const running: Instance = {
  ...{ instanceId: 'i-1', region, zone: 'us-west-2a', instanceType: 't3.medium' },
  ...{ imageId: 'ami-1', state: 'running', launchedAt: 0, lifecycle: 'spot', tags: {} },
};

const adopted = async () => {
  const events: FleetEvent[] = [];
  const sessions = new FleetSessions({
    config: builtInConfig({
      templatesFolder: 'templates',
      privateKeyPath: 'key',
      publicKeyPath: 'key.pub',
    }),
    scripts: await loadRemoteScripts('templates'),
    connect: () => {
      throw new Error('nothing connects here');
    },
    emit: (event) => events.push(event),
    clock: () => 0,
    followLogs: false,
    watchFleet: true,
    payload: () => undefined,
    onDoubt: () => undefined,
  });
  const node = { name: 'us-west-2-1', region, index: 1, adopted: false };
  sessions.adopt({ ...node, instance: running });
  const ends = () =>
    events.flatMap((event) =>
      event.event === 'phase' && event.phase === 'terminated' ? event.reason : [],
    );
  return { sessions, ends };
};

test('a machine that EC2 has forgotten is gone, which is believed only after a while', async () => {
  const { sessions, ends } = await adopted();
  for (const second of [0, 10, 29]) sessions.observe(region, [], second * 1000);
  assert.deepEqual(ends(), []);
  sessions.observe('us-east-1', [], 60_000);
  assert.deepEqual(ends(), [], 'another region says nothing of it');
  sessions.observe(region, [], 30_000);
  sessions.observe(region, [], 31_000);
  assert.deepEqual(ends(), [
    'EC2 does not list the instance any more: it ended an hour ago or earlier',
  ]);
});

test('one that was missing in a list and is there again lives on', async () => {
  const { sessions, ends } = await adopted();
  sessions.observe(region, [], 0);
  sessions.observe(region, [running], 10_000);
  sessions.observe(region, [], 35_000);
  assert.deepEqual(ends(), []);
});
