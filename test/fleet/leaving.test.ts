import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNodes } from '../../source/fleet/find-nodes.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;

/** What becomes of that which is under way when the program is left. */
suite('leaving a fleet', () => {
  let fleet: FleetUnderTest;
  const [first, second] = ['us-west-2-1', 'us-west-2-2'] as const;

  before(async () => {
    fleet = await FleetUnderTest.open(['us-west-2']);
    await fleet.controller.create(never);
  });
  after(() => fleet.close());

  test('commands are told to end, and what was terminated to be replaced is launched', async () => {
    const { actions } = fleet.controller;
    // Found by its words: nobody else sleeps as long.
    const seconds = `86${process.pid}.25`;
    const running = actions.exec([first], `exec sleep ${seconds}`);
    while ((await processesOf(['sleep', seconds])).length === 0) await sleep(20);

    const before = fleet.node(second).instanceId;
    const replacing = actions.replace([second]);
    await fleet.until(() => fleet.node(second).phase === 'terminating');
    await fleet.controller.close();

    const ended = await fleet.outcome(running);
    assert.match(ended[first] ?? '', /^cancelled: the program was left: SIGTERM was sent/);
    while ((await processesOf(['sleep', seconds])).length > 0) await sleep(20);

    const replaced = await fleet.outcome(replacing);
    assert.match(replaced[second] ?? '', /^cancelled: the program was left: .* was launched/);
    const living = await findNodes(fleet.clouds, never);
    const successor = living.find(({ name }) => name === second)?.instance.instanceId;
    assert.ok(successor !== undefined && successor !== before, `${before}, then ${successor}`);
    assert.equal(living.length, 3);
  });
});

/** Ids of the machine's processes with these words; a sandbox's are among them. */
const processesOf = async (words: readonly string[]): Promise<string[]> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      return line === `${words.join('\0')}\0` ? [id] : [];
    }),
  );
  return found.flat();
};
