import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../sandbox/machines.ts';
import { interpose } from './interposed.ts';
import { liveThrough } from './lifecycle.ts';
import { openRegion, patient } from './region.ts';
import { rejection } from './rejection.ts';

const startSandbox = async () => {
  const machines = new Machines();
  const endpoint = await startEndpoint({
    hypervisor: machines,
    // Slow enough that what EC2 does late is late.
    bootTimes: {
      visible: [200, 400],
      running: [50, 300],
      statusChecks: [0, 0],
      shuttingDown: [50, 300],
      remembered: 3_600_000,
    },
    largestPage: 2,
  });
  return { endpoint, machines };
};

test('a fleet of five lives and dies in the sandbox', async (context) => {
  const { endpoint, machines } = await startSandbox();
  context.after(() => endpoint.close());
  const { cloud } = await openRegion(context, endpoint.url, { network: { sshAllowedCidrs: [] } });
  await liveThrough(cloud, patient());
  assert.equal(machines.terminated.length, 5);
});

test('a fleet of five lives and dies where answers are lost', async (context) => {
  const { endpoint, machines } = await startSandbox();
  context.after(() => endpoint.close());
  // The first answer to each action, but for mere questions about permission.
  const lost = new Set<string>();
  const lossy = await interpose(context, endpoint.url, async ({ action, form, forward }) => {
    const reply = await forward();
    if (form.DryRun === 'true' || reply.status !== 200 || lost.has(action)) return reply;
    lost.add(action);
    return undefined;
  });
  const { cloud } = await openRegion(context, lossy, {
    network: { sshAllowedCidrs: ['203.0.113.7/32'] },
  });
  await liveThrough(cloud, patient());
  assert.equal(machines.terminated.length, 5, 'what EC2 did without saying so was done again');
  for (const action of ['CreateFleet', 'CreateSecurityGroup', 'TerminateInstances']) {
    assert.ok(lost.has(action), action);
  }
});

test('a region that does not exist is a mistake in the configuration', async (context) => {
  const { endpoint } = await startSandbox();
  context.after(() => endpoint.close());
  const { cloud } = await openRegion(context, endpoint.url, { region: { region: 'mars-north-1' } });
  const error = await rejection(cloud.prepare({ userData: '{}' }, patient()));
  assert.equal(error.exitStatus, 2);
  assert.match(`${error.message} ${error.hint}`, /mars-north-1/);
});
