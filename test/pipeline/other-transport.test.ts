import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import type { NodeContext } from '../../source/pipeline/node-context.ts';
import { reportAs } from '../../source/pipeline/node-report.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { runPipeline } from '../../source/pipeline/pipeline.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { CommandService } from './run-command/command-service.ts';
import { CommandedNodes } from './run-command/commanded-nodes.ts';

const templatesFolder = path.resolve('templates');
const region = 'us-west-2';

/** Brings nodes of the shipped workload to ready by messages, and tells what was told of them. */
const broughtUp = async (
  context: TestContext,
  count: number,
  { service = new CommandService(), damaged = 0 } = {},
) => {
  const nodes = await CommandedNodes.open(service);
  context.after(() => nodes.close());
  nodes.store.damaged = damaged;
  // Nobody connects with it.
  const key = path.join(templatesFolder, 'no-key');
  const config = {
    ...builtInConfig({ templatesFolder, privateKeyPath: key, publicKeyPath: key }),
    settleTime: 100,
  };
  const payload = await buildPayload(config, templatesFolder);
  const scripts = await loadRemoteScripts(templatesFolder);
  const { userData } = await buildUserData(config, templatesFolder);
  const events: FleetEvent[] = [];
  const bringUp = async (index: number) => {
    const name = `${region}-${index}`;
    const instance = instanceOf(`i-${index}`);
    const { instanceId, instanceType } = instance;
    await nodes.launch(instanceId, userData);
    const connection = nodes.connect(instanceId);
    const node: NodeContext = {
      ...{ config, name, payload, region, index, scripts },
      report: reportAs({ name, region }, (event) => events.push(event), Date.now),
      machine: {
        instanceId,
        launching: async () => undefined,
        launched: async () => ({ instanceId, instanceType }),
        running: async () => instance,
        connection: () => connection,
        doubt: () => undefined,
      },
    };
    const { signal } = new AbortController();
    return runPipeline(node, { journey: 'create', attempt: 1, signal });
  };
  const indexes = Array.from({ length: count }, (_, each) => each + 1);
  const outcomes = await Promise.all(indexes.map(bringUp));
  const phasesOf = (node: string) =>
    events.flatMap((event) => (event.event === 'phase' && event.node === node ? event.phase : []));
  const failure = events.find((event) => event.event === 'phase' && event.phase === 'failed');
  const logs = events.flatMap((event) => (event.event === 'log' ? event.message : []));
  return { failure, logs, outcomes, phasesOf, requests: nodes.store.requests };
};

const instanceOf = (instanceId: string): Instance => ({
  instanceId,
  region,
  zone: `${region}a`,
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: 'running',
  launchedAt: 0,
  lifecycle: 'spot',
  tags: {},
});

test('nodes that only take messages come to ready through all phases', async (context) => {
  const service = new CommandService();
  const { failure, outcomes, phasesOf, requests } = await broughtUp(context, 2, { service });
  assert.equal(failure, undefined);
  assert.deepEqual(outcomes, ['ready', 'ready']);
  assert.deepEqual(phasesOf(`${region}-2`), [
    'pending',
    'launching',
    'booting',
    'connecting',
    'uploading',
    'cloud-init',
    'configuring',
    'verifying',
    'ready',
  ]);
  const bytes = service.sent.reduce((sum, size) => sum + size) / 2;
  context.diagnostic(
    `messages: ${bytes} bytes to each node, at most ${Math.max(...service.sent)} in one`,
  );
  // Stored once for all, fetched by each.
  assert.deepEqual(requests, ['PUT', 'GET', 'GET']);
});

test('files that arrive damaged are fetched again, and not stored again', async (context) => {
  const { logs, outcomes, requests } = await broughtUp(context, 1, { damaged: 1 });
  assert.deepEqual(outcomes, ['ready']);
  assert.ok(logs.some((line) => line.endsWith('sending the files again')));
  assert.deepEqual(requests, ['PUT', 'GET', 'GET']);
});

test('a node whose answer does not fit into a message is not taken for ready', async (context) => {
  // More than cloud-init's answer has, less than an inspection's.
  const service = new CommandService(1_200);
  const { failure, outcomes } = await broughtUp(context, 1, { service });
  assert.deepEqual(outcomes, ['failed']);
  assert.ok(failure?.event === 'phase' && failure.phase === 'failed');
  assert.equal(failure.failedPhase, 'verifying');
  assert.equal(failure.reason, 'the inspection of the node was cut short');
});
