import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { MachineRecord } from '../../source/fleet/machine-record.ts';
import { NodeSession } from '../../source/fleet/node-session.ts';
import { reportAs } from '../../source/pipeline/node-report.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { createAdmission } from '../../source/ssh/admission.ts';
import type { NodeConnection } from '../../source/ssh/connection.ts';

const [name, region] = ['us-west-2-1', 'us-west-2'] as const;

const reclaimed = (state: Instance['state']): Instance => ({
  instanceId: 'i-1',
  region,
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state,
  stateReason: 'Server.SpotInstanceTermination: Spot instance termination',
  launchedAt: 0,
  lifecycle: 'spot',
  tags: {},
  address: '192.0.2.1',
});

test('the connection to a machine that EC2 took back ends with the machine', async () => {
  const events: FleetEvent[] = [];
  const emit = (event: FleetEvent) => events.push(event);
  const clock = () => 0;
  const closed: string[] = [];
  const connect = ({ instanceId }: Instance): NodeConnection => ({
    target: { host: '192.0.2.1', port: 22, username: 'ubuntu' },
    connect: () => Promise.resolve(),
    exec: () => Promise.reject(new Error('nothing is run here')),
    follow: () => Promise.resolve(),
    close: () => closed.push(instanceId),
  });
  const machine = new MachineRecord({ connect, onDoubt: () => undefined });
  const session = new NodeSession({
    context: {
      ...{ name, region, index: 1 },
      config: builtInConfig({
        templatesFolder: 'templates',
        privateKeyPath: 'key',
        publicKeyPath: 'key.pub',
      }),
      scripts: await loadRemoteScripts('templates'),
      report: reportAs({ name, region }, emit, clock),
    },
    machine,
    payload: () => undefined,
    emit,
    clock,
    followLog: false,
    isWatched: false,
    inspections: createAdmission(1),
  });
  session.observed(reclaimed('shutting-down'), 22);
  machine.connection(reclaimed('shutting-down'));
  assert.deepEqual(closed, []);
  session.observed(reclaimed('terminated'), 22);
  assert.deepEqual(closed, ['i-1']);
  const phases = events.flatMap((event) => (event.event === 'phase' ? event.phase : []));
  assert.deepEqual(phases, ['interrupted'], 'told once');
});
