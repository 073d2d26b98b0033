import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { ActionLog, type NodeResult } from '../../source/fleet/action-log.ts';
import type { Rollout } from '../../source/fleet/actions.ts';
import { rollOut } from '../../source/fleet/rollout.ts';

const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name }));

/** Rolls out to six nodes, of which some fail, and tells who was begun with when. */
const rolledOut = async (
  rollout: Rollout,
  failing: readonly string[],
  onWork: (log: ActionLog, name: string) => void = () => undefined,
) => {
  const events: FleetEvent[] = [];
  const log = new ActionLog({ emit: (event) => events.push(event), clock: () => 0, by: 'a@b' });
  const action = log.begin(
    'push',
    nodes.map(({ name }) => name),
  );
  const stages: string[] = [];
  let atWork = 0;
  await action.carryOut(() =>
    rollOut(action, nodes, rollout, async ({ name }): Promise<NodeResult> => {
      if (atWork === 0) stages.push('');
      stages.push(`${stages.pop()}${name}`);
      atWork += 1;
      onWork(log, name);
      await Promise.resolve();
      atWork -= 1;
      return failing.includes(name)
        ? { status: 'failed', detail: 'no' }
        : { status: 'succeeded', detail: 'yes' };
    }),
  );
  const results = Object.fromEntries(nodes.map(({ name }) => [name, action.results.get(name)]));
  return { events, results, stages };
};

test('the canary is first, then come batches, the last one with what is left', async () => {
  const { events, stages } = await rolledOut({ canary: 1, batchSize: 2, maxFailures: 1 }, []);
  assert.deepEqual(stages, ['a', 'bc', 'de', 'f']);
  assert.deepEqual(
    events.flatMap((event) => (event.event === 'action' ? event.state : [])),
    ['started', 'done'],
  );
});

test('as many failures as are allowed end it, and the rest is told why', async () => {
  const { results, stages } = await rolledOut({ canary: 0, batchSize: 2, maxFailures: 2 }, [
    'b',
    'c',
  ]);
  assert.deepEqual(stages, ['ab', 'cd']);
  assert.equal(results.e?.status, 'skipped');
  assert.equal(results.f?.detail, 'not begun: 2 of at most 2 failures');
});

test('a canary that fails ends it, whatever else may fail', async () => {
  const rollout = { canary: 2, batchSize: 4, maxFailures: 9 };
  const { results, stages } = await rolledOut(rollout, ['b']);
  assert.deepEqual(stages, ['ab']);
  assert.equal(results.c?.detail, 'not begun: the canary b failed');
});

test('one that is cancelled begins with no further node', async () => {
  const rollout = { canary: 0, batchSize: 2, maxFailures: 1 };
  const { events, results, stages } = await rolledOut(rollout, [], (log, name) => {
    if (name === 'c') log.cancel(1);
  });
  assert.deepEqual(stages, ['ab', 'c']);
  assert.equal(results.a?.status, 'succeeded');
  assert.deepEqual(results.f, { status: 'cancelled', detail: 'cancelled here: not begun' });
  const last = events.at(-1);
  assert.equal(last?.event === 'action' && last.state, 'cancelled');
});

test('work that fails as a whole is the result of every node that has none', async () => {
  const log = new ActionLog({ emit: () => undefined, clock: () => 0, by: 'a@b' });
  const action = log.begin('push', ['a', 'b']);
  const work = action.carryOut(async () => {
    action.settle('a', { status: 'succeeded', detail: 'yes' });
    throw new Error('the files are gone');
  });
  await assert.rejects(work, /the files are gone/);
  assert.equal(action.results.get('a')?.status, 'succeeded');
  assert.deepEqual(action.results.get('b'), { status: 'failed', detail: 'the files are gone' });
  await log.over(1);
});
