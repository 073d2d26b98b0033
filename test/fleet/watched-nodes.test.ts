import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Instance, RegionCloud } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { findNodes } from '../../source/fleet/find-nodes.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;

/** Stands in for EC2's notices: tells what is in a file, over and over. */
const watchSpotNotices = 'while :; do cat /tmp/notice 2> /dev/null; echo; sleep 0.2; done';

/** What happens to nodes that somebody watches, and who has done something to them before. */
suite('nodes that are watched', () => {
  let fleet: FleetUnderTest;
  let watcher: FleetController;
  /** What EC2 says of the instances, other than the sandbox. */
  let asEc2Says = (instance: Instance): Instance => instance;
  const [first, second, third] = ['us-west-2-1', 'us-west-2-2', 'us-west-2-3'] as const;
  const all = [first, second, third];

  const outcome = async (id: number, node: string): Promise<string> => {
    await watcher.actions.over(id);
    const { detail, status } = fleet.action(id).results.get(node) ?? {};
    return `${status}: ${detail}`;
  };
  const run = async (node: string, command: string) =>
    assert.equal(
      await outcome(watcher.actions.exec([node], command), node),
      `succeeded: exit status 0`,
    );
  const reasonOf = (node: string) => fleet.node(node).trouble?.reason ?? '';
  const untilPhase = (node: string, phase: string, reason = /(?:)/) =>
    fleet.until(() => fleet.node(node).phase === phase && reason.test(reasonOf(node)));
  const phasesOf = (node: string, from: number) =>
    fleet.events
      .slice(from)
      .flatMap((event) => (event.event === 'phase' && event.node === node ? event.phase : []));

  before(async () => {
    fleet = await FleetUnderTest.open(['us-west-2']);
    await fleet.controller.create(never);
    await fleet.controller.close();
    const { clouds, config, scripts } = fleet.options;
    watcher = new FleetController({
      ...fleet.options,
      clouds: clouds.map((cloud) => saying(cloud, (instance) => asEc2Says(instance))),
      config: {
        ...config,
        healthInterval: 200,
        timeouts: { ...config.timeouts, connecting: 1_000 },
      },
      scripts: { ...scripts, watchSpotNotices },
      watchFleet: true,
    });
    watcher.attach('live', await findNodes(clouds, never), 'observe');
    await fleet.until(() => all.every((node) => fleet.node(node).phase === 'ready'));
  });
  after(async () => {
    await watcher.close();
    await fleet.close();
  });

  test('a push that did not reach a node is not forgotten when the node is back', async () => {
    const { attempt } = fleet.node(first);
    await writeFile(path.join(fleet.files, 'config', 'added.txt'), 'hello\n');
    const open = Promise.withResolvers<void>();
    fleet.reachable = open.promise;
    await fleet.harm(first, 'cut-ssh');
    // The break has been noticed once something has failed of it.
    assert.match(await outcome(watcher.actions.exec([first], 'true'), first), /^failed: /);
    const pushed = await outcome(watcher.actions.push([first]), first);
    assert.match(pushed, /^failed: connecting: no SSH connection/);
    open.resolve();
    const from = fleet.events.length;
    await fleet.until(() => phasesOf(first, from).length > 0);
    assert.equal(fleet.node(first).phase, 'failed', 'the node has the files from before');
    assert.equal(reasonOf(first), 'reachable again; what was pushed did not arrive');
    assert.match(fleet.node(first).trouble?.hint ?? '', /^Push again/);
    assert.equal(fleet.node(first).attempt, attempt + 1);

    assert.match(await outcome(watcher.actions.push([first]), first), /^succeeded: ready/);
    await run(first, 'test -e /opt/uploaded_files/config/added.txt');
    assert.equal(fleet.node(first).phase, 'ready');
  });

  test('a node on which configuring was cancelled is ready again once it is found well', async () => {
    const { attempt } = fleet.node(second);
    const from = fleet.events.length;
    const id = watcher.actions.configure([second]);
    watcher.actions.cancel(id);
    assert.match(await outcome(id, second), /^cancelled: /);
    await untilPhase(second, 'ready');
    const phases = phasesOf(second, from);
    assert.deepEqual(phases.slice(-2), ['failed', 'ready']);
    assert.equal(fleet.node(second).attempt, attempt + 1);
  });

  test('a node that EC2 has said to take keeps its deadline, whatever succeeds on it', async () => {
    const time = new Date(Date.now() + 3_600_000).toISOString();
    await run(second, `echo '{"action":"terminate","time":"${time}"}' > /tmp/notice`);
    await untilPhase(second, 'interrupted');
    const { trouble } = fleet.node(second);
    assert.equal(trouble?.deadline, Date.parse(time));
    const from = fleet.events.length;
    assert.match(await outcome(watcher.actions.retry([second]), second), /^succeeded: ready/);
    assert.deepEqual(phasesOf(second, from).slice(-2), ['verifying', 'interrupted']);
    assert.deepEqual(fleet.node(second).trouble, trouble);
  });

  test('a node that EC2 had stopped is observed again when it runs', async () => {
    const time = new Date(Date.now() + 120_000).toISOString();
    await run(third, `echo '{"action":"stop","time":"${time}"}' > /tmp/notice`);
    await untilPhase(third, 'interrupted', /EC2 is going to stop/);
    const from = fleet.events.length;
    const { instanceId } = fleet.node(third);
    asEc2Says = (instance) =>
      instance.instanceId === instanceId
        ? { ...instance, launchedAt: instance.launchedAt + 1 }
        : instance;
    await untilPhase(third, 'ready');
    asEc2Says = (instance) => instance;
    assert.deepEqual(phasesOf(third, from).slice(0, 3), ['booting', 'connecting', 'verifying']);
    await fleet.harm(third, 'stop-service');
    await untilPhase(third, 'degraded');
  });

  test('a node that somebody stops says so at the next look, and is observed when it runs', async () => {
    const { instanceId } = fleet.node(third);
    const stopped = { state: 'stopped', stateReason: 'Client.UserInitiatedShutdown' } as const;
    asEc2Says = (instance) =>
      instance.instanceId === instanceId ? { ...instance, ...stopped } : instance;
    await untilPhase(third, 'degraded', /^stopped on request \(Client\.UserInitiatedShutdown\)$/);
    assert.match(fleet.node(third).trouble?.hint ?? '', /Start it again in EC2's console/);
    const from = fleet.events.length;
    asEc2Says = (instance) => instance;
    await fleet.until(() => phasesOf(third, from).length > 0);
    assert.equal(phasesOf(third, from)[0], 'booting');
    await fleet.until(() => phasesOf(third, from).includes('verifying'));
  });

  test('what was not pushed before EC2 stopped a node is missed when it runs again', async () => {
    await writeFile(path.join(fleet.files, 'config', 'later.txt'), 'hello\n');
    const id = watcher.actions.push([first]);
    await fleet.until(() => fleet.action(id).results.get(first)?.status === 'running');
    watcher.actions.cancel(id);
    assert.match(await outcome(id, first), /^cancelled: /);
    const time = new Date(Date.now() + 120_000).toISOString();
    await run(first, `echo '{"action":"hibernate","time":"${time}"}' > /tmp/notice`);
    await untilPhase(first, 'interrupted', /EC2 is going to hibernate/);
    const { instanceId } = fleet.node(first);
    asEc2Says = (instance) =>
      instance.instanceId === instanceId
        ? { ...instance, launchedAt: instance.launchedAt + 1 }
        : instance;
    await fleet.until(() => fleet.node(first).phase !== 'interrupted');
    asEc2Says = (instance) => instance;
    assert.equal(fleet.node(first).phase, 'failed');
    assert.match(reasonOf(first), /what was pushed did not arrive/);
  });

  test('a node that somebody else terminates says so, with how to find out who it was', async () => {
    const { instanceId } = fleet.node(third);
    const gone = { state: 'terminated', stateReason: 'Client.UserInitiatedShutdown' } as const;
    asEc2Says = (instance) =>
      instance.instanceId === instanceId ? { ...instance, ...gone } : instance;
    await untilPhase(
      third,
      'terminated',
      /^terminated on request \(Client\.UserInitiatedShutdown\)$/,
    );
    assert.match(
      fleet.node(third).trouble?.hint ?? '',
      new RegExp(`CloudTrail says who called TerminateInstances for ${instanceId}`),
    );
  });
});

test('a node that takes long to look at is not one that fails', async () => {
  const fleet = await FleetUnderTest.open(['us-west-2']);
  try {
    await fleet.controller.create(never);
    await fleet.controller.close();
    const events: FleetEvent[] = [];
    const { clouds, config } = fleet.options;
    // Longer than what is observed gets to settle.
    const slow = { name: 'slow', command: 'sleep 4' };
    const other = new FleetController({
      ...fleet.options,
      config: { ...config, expectations: { ...config.expectations, commands: [slow] } },
      emit: (event) => events.push(event),
    });
    other.attach('live', await findNodes(clouds, never), 'observe');
    await other.settled();
    await other.close();
    const ends = events.filter(({ event }) => event === 'phase').slice(-3);
    for (const end of ends) assert.equal('phase' in end && end.phase, 'ready', JSON.stringify(end));
  } finally {
    await fleet.close();
  }
});

/** A region of which EC2 says something else. */
const saying = (cloud: RegionCloud, says: (instance: Instance) => Instance): RegionCloud => ({
  region: cloud.region,
  describe: async (signal) => (await cloud.describe(signal)).map(says),
  prepare: (request, signal) => cloud.prepare(request, signal),
  settle: async (signal, options) => (await cloud.settle(signal, options)).map(says),
  launch: (request, signal) => cloud.launch(request, signal),
  concludeLaunch: (answer, signal) => cloud.concludeLaunch(answer, signal),
  openLaunch: (signal) => cloud.openLaunch(signal),
  rehearse: (request, signal) => cloud.rehearse(request, signal),
  tag: (tags, signal) => cloud.tag(tags, signal),
  async *watch(options) {
    for await (const instances of cloud.watch(options)) yield instances.map(says);
  },
  terminate: (instanceIds, signal) => cloud.terminate(instanceIds, signal),
  cleanUp: (signal) => cloud.cleanUp(signal),
  spotPrices: (signal, instanceTypes) => cloud.spotPrices(signal, instanceTypes),
  onDemandPrices: (signal, instanceTypes) => cloud.onDemandPrices(signal, instanceTypes),
  consoleOutput: (instanceId, signal) => cloud.consoleOutput(instanceId, signal),
  now: () => cloud.now(),
});
