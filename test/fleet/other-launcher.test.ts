import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { tagNames } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { CommandedNodes } from '../pipeline/run-command/commanded-nodes.ts';
import { CapacityGroup, GroupCloud } from './capacity-group.ts';

const templatesFolder = path.resolve('templates');

/** Two nodes that a group launches and that are reached by messages: no CreateFleet, no SSH. */
const openFleet = async (context: TestContext) => {
  const nodes = await CommandedNodes.open();
  context.after(() => nodes.close());
  const group = new CapacityGroup(nodes);
  // Nobody connects with it.
  const key = path.join(templatesFolder, 'no-key');
  const built = builtInConfig({ templatesFolder, privateKeyPath: key, publicKeyPath: key });
  const regions = built.regions.filter(({ region }) => region === 'us-west-2');
  const config = { ...built, totalInstances: 2, regions, settleTime: 100 };
  const payload = await buildPayload(config, templatesFolder);
  const scripts = await loadRemoteScripts(templatesFolder);
  /** A program of its own: it knows only what the group lists. */
  const openController = () => {
    const store = createFleetStore();
    const emit = (event: FleetEvent) => store.dispatch(event);
    const controller = new FleetController({
      config,
      payload,
      buildPayload: async () => payload,
      scripts,
      buildUserData: () => buildUserData(config, templatesFolder),
      clouds: [new GroupCloud(group)],
      connect: ({ instanceId }) => nodes.connect(instanceId),
      sshCommand: () => ({ file: 'ssh', arguments: [] }),
      emit,
      clock: Date.now,
      followLogs: false,
      watchFleet: false,
      by: 'somebody@somewhere',
      hasConsole: false,
    });
    context.after(() => controller.close());
    return {
      controller,
      phases: () =>
        Object.fromEntries(
          [...store.getState().nodes.values()].map(({ name, phase }) => [name, phase]),
        ),
    };
  };
  const names = () =>
    Object.fromEntries(
      group.living.map(({ instanceId, tags }) => [instanceId, tags[tagNames.node]]),
    );
  return { group, names, openController };
};

const { signal } = new AbortController();

test('a group’s instances become the fleet’s nodes, also those that replace others', async (context) => {
  const { group, names, openController } = await openFleet(context);
  const first = openController();
  await first.controller.create(signal);
  assert.deepEqual(first.phases(), { 'us-west-2-1': 'ready', 'us-west-2-2': 'ready' });
  assert.deepEqual(names(), { 'i-1': 'us-west-2-1', 'i-2': 'us-west-2-2' });
  await first.controller.close();

  // EC2 takes one back, and the group launches another without asking anybody.
  await group.end('i-1', false);
  await group.steady();
  assert.deepEqual(names(), { 'i-2': 'us-west-2-2', 'i-3': undefined });
  const second = openController();
  await second.controller.create(signal);
  assert.deepEqual(second.phases(), { 'us-west-2-1': 'ready', 'us-west-2-2': 'ready' });
  assert.deepEqual(names(), { 'i-2': 'us-west-2-2', 'i-3': 'us-west-2-1' });
  assert.equal(group.instances.size, 3);
});

test('what is terminated on purpose is not replaced by the group', async (context) => {
  const { group, openController } = await openFleet(context);
  const { controller, phases } = openController();
  await controller.create(signal);
  await controller.terminateAll(signal);
  await group.steady();
  assert.deepEqual(phases(), { 'us-west-2-1': 'terminated', 'us-west-2-2': 'terminated' });
  assert.equal(group.desired, 0);
  assert.equal(group.instances.size, 2);
});
