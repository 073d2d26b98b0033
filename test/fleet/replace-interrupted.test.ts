import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { findNodes } from '../../source/fleet/find-nodes.ts';
import { isAlive } from '../../source/fleet/plan.ts';
import type { FleetState } from '../../source/fleet/state.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;

/** EC2 takes nodes back that two people look at, who want them replaced. */
suite('nodes that EC2 takes back are replaced', () => {
  let fleet: FleetUnderTest;
  let one: FleetController;
  let other: FleetController;
  const store = createFleetStore();
  const seenByOther = (): FleetState['nodes'] => store.getState().nodes;
  let happened = Promise.withResolvers<void>();
  const [first, second, fourth] = ['us-west-2-1', 'us-west-2-2', 'us-west-2-4'] as const;

  const reclaim = (target: string, noticeSeconds: number) =>
    fleet.refuse({ kind: 'reclaim', target, noticeSeconds });
  const untilOther = async (isSo: () => boolean) => {
    while (!isSo()) await happened.promise;
  };
  const listed = async () => {
    const cloud = fleet.clouds[0];
    assert.ok(cloud !== undefined);
    return cloud.describe(never);
  };
  const replacements = () =>
    fleet.events.flatMap((event) =>
      event.event === 'action' && event.action === 'replace' && event.state === 'started'
        ? [event]
        : [],
    );

  before(async () => {
    fleet = await FleetUnderTest.open(['us-west-2']);
    await fleet.controller.create(never);
    await fleet.controller.close();
    const { clouds, config } = fleet.options;
    const changes = {
      config: {
        ...config,
        healthInterval: 2_000,
        interruption: { replace: true },
        timeToLive: 3_600_000,
      },
      watchFleet: true,
    };
    const nodes = await findNodes(clouds, never);
    one = new FleetController({ ...fleet.options, ...changes });
    const hear = (event: FleetEvent) => {
      store.dispatch(event);
      happened.resolve();
      happened = Promise.withResolvers();
    };
    other = fleet.openElsewhere(hear, changes);
    one.attach('live', nodes, 'observe');
    other.attach('live', nodes, 'observe');
    await fleet.until(() => nodes.every(({ name }) => fleet.node(name).phase === 'ready'));
    await untilOther(() => nodes.every(({ name }) => seenByOther().get(name)?.phase === 'ready'));
  });
  after(async () => {
    await one.close();
    await other.close();
    await fleet.close();
  });

  test('by one node, though both have heard of it, in another pool, while the old one lives', async () => {
    const before = fleet.node(second);
    await reclaim(second, 3600);
    await fleet.until(() => fleet.nodes.get(fourth)?.phase === 'ready');
    await untilOther(() => seenByOther().get(fourth)?.phase === 'ready');
    assert.equal(fleet.node(second).phase, 'interrupted');
    assert.ok(fleet.node(second).trouble?.deadline !== undefined, 'it is not gone yet');
    await fleet.until(() => fleet.node(second).replacedBy === fourth);
    await untilOther(() => seenByOther().get(second)?.replacedBy === fourth);
    const { instanceType, zone } = fleet.node(fourth);
    assert.notDeepEqual([instanceType, zone], [before.instanceType, before.zone]);
    assert.equal(seenByOther().get(fourth)?.instanceId, fleet.node(fourth).instanceId);
    assert.equal((await listed()).length, 4, 'nothing was launched twice');
    assert.ok(fleet.node(fourth).expiresAt !== undefined, 'it has its time to live');
    const [asked] = replacements();
    assert.deepEqual([asked?.by, asked?.nodes], ['spot-tui', [second]]);
    await one.actions.over(asked?.id ?? 0);
    const result = fleet.action(asked?.id ?? 0).results.get(second);
    assert.match(`${result?.status}: ${result?.detail}`, /^succeeded: us-west-2-4 has its place/);
  });

  test('when EC2 takes one without a word, under its name', async () => {
    await reclaim(second, 0);
    await fleet.until(() => fleet.node(second).trouble?.deadline === undefined);
    assert.equal(replacements().length, 1, 'it has its successor already');
    const { instanceId } = fleet.node(first);
    await reclaim(first, 0);
    await fleet.until(
      () => fleet.node(first).phase === 'ready' && fleet.node(first).instanceId !== instanceId,
    );
    const alive = (await listed()).filter(isAlive);
    assert.equal(alive.length, 3);
    assert.ok(!alive.some((instance) => instance.instanceId === instanceId));
  });

  test('a few times in an hour, and not for ever', async () => {
    // It has another one's place already.
    let victim: string = fourth;
    const isOver = () =>
      fleet.events.some(
        (event) =>
          event.event === 'notice' && /was not replaced: EC2 has taken back 3/.test(event.message),
      );
    for (let count = 0; count < 3; count += 1) {
      const { instanceId } = fleet.node(victim);
      const launched = new Set((await listed()).map((instance) => instance.instanceId));
      await reclaim(instanceId ?? '', 0);
      const isNew = (name: string) => {
        const node = fleet.node(name);
        return node.phase === 'ready' && !launched.has(node.instanceId ?? '');
      };
      await fleet.until(() => isOver() || [...fleet.nodes.keys()].some(isNew));
      victim = [...fleet.nodes.keys()].find(isNew) ?? victim;
    }
    assert.ok(isOver());
    assert.equal((await listed()).filter(isAlive).length, 2);
  });
});
