import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { FleetMachines } from '../../source/fleet/fleet-machines.ts';
import { noticesAs } from '../../source/fleet/notices.ts';
import { hastyRegion } from './hasty-region.ts';
import { unconnectedSessions } from './unconnected-sessions.ts';

const setUp = (onLaunch: () => void = () => undefined) => {
  const folder = '/nowhere';
  const [privateKeyPath, publicKeyPath] = [`${folder}/key`, `${folder}/key.pub`];
  const config = builtInConfig({ templatesFolder: folder, privateKeyPath, publicKeyPath });
  const emit = () => undefined;
  const clock = () => 0;
  const sessions = unconnectedSessions({
    config,
    emit,
    clock,
  });
  const machines = new FleetMachines({
    config,
    clouds: [hastyRegion({ onLaunch })],
    sessions,
    watch: { nudge: () => undefined },
    emit,
    clock,
    notices: noticesAs(emit, clock),
    signal: new AbortController().signal,
  });
  const open = (index: number) =>
    sessions.open({ name: `us-west-2-${index}`, region: 'us-west-2', index });
  return { machines, open };
};

test('a launch that is asked for while another is not answered takes none of its machines', async () => {
  const launches: Promise<void>[] = [];
  const { machines, open } = setUp(() => {
    if (launches.length === 1) launches.push(machines.launch([other], { userData: '' }));
  });
  const [one, other] = [open(1), open(2)];
  launches.push(machines.launch([one], { userData: '' }));
  await launches[0];
  await launches[1];
  assert.deepEqual([one.machine.instanceId, other.machine.instanceId], ['i-1', 'i-2']);
});

test('a launch that nobody wants any more is not asked for, one that is answered is kept', async () => {
  let isAsked = false;
  const { machines, open } = setUp(() => {
    isAsked = true;
  });
  const isWanted = () => !isAsked;
  const [one, other] = [open(1), open(2)];
  await Promise.all([
    machines.launch([one], { userData: '', isWanted }),
    machines.launch([other], { userData: '', isWanted }),
  ]);
  assert.equal(one.machine.instanceId, 'i-1');
  assert.equal(other.machine.instanceId, undefined);
});

test('a launch of its own leaves instances alone that are there, others take them first', async () => {
  const { machines, open } = setUp();
  const [one, other, third] = [open(1), open(2), open(3)];
  await machines.launch([one], { userData: '' });
  one.machine.reset();
  await machines.launch([other], { userData: '', identity: 'mine' });
  assert.equal(other.machine.instanceId, 'i-2');
  await machines.launch([third], { userData: '' });
  assert.equal(third.machine.instanceId, 'i-1');
});
