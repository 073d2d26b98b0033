import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { MachineRecord } from '../../source/fleet/machine-record.ts';

const never = new AbortController().signal;

const record = () =>
  new MachineRecord({
    connect: () => {
      throw new Error('nothing connects here');
    },
    onDoubt: () => undefined,
  });

const instance = (state: Instance['state'], address?: string): Instance => ({
  instanceId: 'i-1',
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state,
  launchedAt: 0,
  lifecycle: 'spot',
  tags: {},
  ...(address === undefined ? {} : { address }),
});

test('a machine runs once it has an address, and is told as it is now', async () => {
  const machine = record();
  const running = machine.running(never);
  machine.update(instance('running'));
  machine.update(instance('running', '192.0.2.1'));
  assert.equal((await running).address, '192.0.2.1');
  machine.update(instance('running', '192.0.2.9'));
  assert.equal((await machine.running(never)).address, '192.0.2.9');
});

test('a machine that was stopped runs again only when EC2 says so', async () => {
  const machine = record();
  machine.update(instance('running', '192.0.2.1'));
  await machine.running(never);
  machine.update(instance('stopped'));
  let isThere = false;
  const again = machine.running(never).then((found) => {
    isThere = true;
    return found;
  });
  machine.update(instance('pending'));
  await new Promise(setImmediate);
  assert.equal(isThere, false);
  machine.update(instance('running', '192.0.2.9'));
  assert.equal((await again).address, '192.0.2.9');
});

test('whoever waits when EC2 can not be watched hears why, whoever comes later waits', async () => {
  const machine = record();
  const waiting = [machine.running(never), machine.gone(never)];
  machine.lose(new Error('not authorized'));
  for (const each of waiting) await assert.rejects(each, /not authorized/);
  const later = machine.running(never);
  machine.update(instance('running', '192.0.2.1'));
  assert.equal((await later).instanceId, 'i-1');
});

test('a refused launch is forgotten with the machine', async () => {
  const machine = record();
  machine.refuse(new Error('no capacity'));
  await assert.rejects(machine.launched(never), /no capacity/);
  assert.equal(machine.isThere, false);
  machine.reset();
  machine.settleLaunch({ instanceId: 'i-2', instanceType: 't3.medium' });
  assert.equal((await machine.launched(never)).instanceId, 'i-2');
  assert.equal(machine.isThere, true);
});

test('whoever waits for a machine that is given up hears so', async () => {
  const machine = record();
  const waiting = [machine.launching(never), machine.launched(never), machine.running(never)];
  machine.reset();
  for (const each of waiting) await assert.rejects(each, /another machine takes the place/);
});

test('a machine on its way out is not there any more', async () => {
  const machine = record();
  machine.update(instance('shutting-down'));
  assert.equal(machine.isGone, true);
  assert.equal(machine.isThere, false);
  const gone = machine.gone(never);
  machine.update(instance('terminated'));
  await gone;
});
