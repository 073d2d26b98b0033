import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { findNodes } from '../../source/fleet/find-nodes.ts';
import { groupResults } from '../../source/fleet/group-results.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;

/** What a person asks of a fleet, and hears of it. */
suite('what is asked of a fleet', () => {
  let fleet: FleetUnderTest;
  const [first, second, third] = ['us-west-2-1', 'us-west-2-2', 'us-east-1-1'] as const;
  const all = [first, second, third];

  before(async () => {
    fleet = await FleetUnderTest.open(['us-west-2', 'us-east-1']);
    await fleet.controller.create(never);
  });
  after(() => fleet.close());

  test('the fleet is there, and each node has its page in the console', () => {
    assert.deepEqual([...fleet.nodes.keys()].sort(), [...all].sort());
    for (const node of fleet.nodes.values())
      assert.equal(node.phase, 'ready', node.trouble?.reason ?? node.name);
    assert.equal(
      fleet.controller.actions.consoleLink(third),
      `https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#InstanceDetails:instanceId=${fleet.node(third).instanceId}`,
    );
  });

  test('exec tells how a command ended on each node, and equal results stand together', async () => {
    await fleet.outcome(fleet.controller.actions.exec([second], 'touch /tmp/odd'));
    const command = `if test -e /tmp/odd; then exit 3; fi; printf '\\033[31mred\\n'; echo bad >&2`;
    const id = fleet.controller.actions.exec([...all, 'us-west-2-77'], command);
    assert.equal(fleet.action(id).state, 'started');
    await fleet.outcome(id);
    const { action, by, detail, results, state } = fleet.action(id);
    assert.deepEqual([action, by, detail, state], ['exec', 'somebody@somewhere', command, 'done']);
    const groups = groupResults(results).map(({ nodes, result }) => ({
      nodes: [...nodes].sort(),
      told: [result.status, result.detail, result.exitStatus, result.output?.toSorted()],
    }));
    const inOrder = groups.toSorted((a, b) => (a.told.join() < b.told.join() ? 1 : -1));
    assert.deepEqual(inOrder, [
      { nodes: [third, first], told: ['succeeded', 'exit status 0', 0, ['bad', 'red']] },
      {
        nodes: ['us-west-2-77'],
        told: ['skipped', 'no such node is known here', undefined, undefined],
      },
      { nodes: [second], told: ['failed', 'exit status 3', 3, []] },
    ]);
  });

  test('a command that runs is cancelled, and so are nodes that were not begun with', async () => {
    const { actions } = fleet.controller;
    const id = actions.exec([first, second], 'echo $$ > /tmp/asleep; exec sleep 600');
    const isAsleep = 'until test -s /tmp/asleep; do sleep 0.05; done';
    await fleet.outcome(actions.exec([first, second], isAsleep));
    actions.cancel(id);
    const outcome = await fleet.outcome(id);
    assert.match(outcome[first] ?? '', /^cancelled: cancelled here: SIGTERM was sent/);
    assert.equal(fleet.action(id).state, 'cancelled');
    const isOver = 'while kill -0 $(cat /tmp/asleep) 2> /dev/null; do sleep 0.05; done';
    const gone = await fleet.outcome(actions.exec([first], isOver));
    assert.equal(gone[first], 'succeeded: exit status 0');
    const late = actions.exec([first], 'true');
    actions.cancel(late);
    assert.match((await fleet.outcome(late))[first] ?? '', /^cancelled: cancelled here/);
  });

  test('doctor says what it found, and where to look', async () => {
    await fleet.outcome(
      fleet.controller.actions.exec([second], 'sudo -n systemctl stop sensor.service'),
    );
    const id = fleet.controller.actions.doctor(all);
    const outcome = await fleet.outcome(id);
    assert.match(outcome[first] ?? '', /^succeeded: \d+ passed, .*0 failed$/);
    assert.match(outcome[second] ?? '', /^failed: .*failed: sensor\.service/);
    const { health } = fleet.node(second);
    assert.equal(health?.services.find(({ name }) => name === 'sensor.service')?.state, 'inactive');
    const mended = await fleet.outcome(fleet.controller.actions.configure([second]));
    assert.match(mended[second] ?? '', /^succeeded: ready after /);
  });

  test('a run that is cancelled says so on its node, and can be taken up again', async () => {
    const { actions } = fleet.controller;
    const id = actions.configure([third]);
    const queued = actions.configure([third]);
    actions.cancel(queued);
    actions.cancel(id);
    assert.match((await fleet.outcome(id))[third] ?? '', /^cancelled: /);
    assert.match((await fleet.outcome(queued))[third] ?? '', /^cancelled: /);
    const { phase, trouble } = fleet.node(third);
    assert.equal(phase, 'failed');
    assert.match(trouble?.reason ?? '', /^cancelled here while \w+/);
    assert.match((await fleet.outcome(actions.retry([third])))[third] ?? '', /^succeeded: ready/);
    assert.equal(fleet.node(third).phase, 'ready');
  });

  test('a push whose canary fails begins with no other node', async () => {
    const { actions } = fleet.controller;
    const folder = '/opt/uploaded_files/config';
    const block = `sudo -n sh -c 'rm -rf ${folder} && touch ${folder}'`;
    await fleet.outcome(actions.exec([second], block));
    await writeFile(path.join(fleet.files, 'config', 'added.txt'), 'hello\n');
    const rollout = { canary: 1, batchSize: 1, maxFailures: 5 };
    const id = actions.push([second, first, third], rollout);
    const outcome = await fleet.outcome(id);
    assert.match(outcome[second] ?? '', /^failed: configuring: /);
    assert.equal(outcome[first], `skipped: not begun: the canary ${second} failed`);
    assert.equal(outcome[third], `skipped: not begun: the canary ${second} failed`);
    assert.equal(fleet.action(id).detail, 'first 1 as a canary, then 1 at a time, until 5 failed');
    const found = await fleet.outcome(actions.exec([first], `test -e ${folder}/added.txt`));
    assert.equal(found[first], 'failed: exit status 1');

    await fleet.outcome(actions.exec([second], `sudo -n rm -f ${folder}`));
    const again = await fleet.outcome(actions.push(all));
    for (const name of all) assert.match(again[name] ?? '', /^succeeded: ready/);
  });

  test('the log of a unit and that of a container are followed from many nodes', async () => {
    const ending = new AbortController();
    const unit = fleet.follow(
      { nodes: all, source: { type: 'unit', unit: 'sensor.service' } },
      ending.signal,
    );
    const says = (lines: typeof unit.lines, node: string) =>
      lines.some((line) => line.node === node && line.message !== '' && line.time > 0);
    await fleet.until(() => all.every((node) => says(unit.lines, node)));
    const [container] = fleet.node(first).health?.containers ?? [];
    const logs = fleet.follow(
      { nodes: [first], source: { type: 'container', container: container?.name ?? '' } },
      ending.signal,
    );
    await fleet.until(() => says(logs.lines, first) || logs.problems.length > 0);
    assert.deepEqual(logs.problems, []);
    const missing = fleet.follow(
      { nodes: [first], source: { type: 'container', container: 'nobody' } },
      ending.signal,
    );
    await missing.over;
    assert.match(missing.problems.join(), /us-west-2-1: .*nobody can't be followed: .*No such/);
    ending.abort();
    await Promise.all([unit.over, logs.over]);
    assert.deepEqual(unit.problems, []);
  });

  test('a node is replaced under its name, in its row', async () => {
    const { instanceId } = fleet.node(second);
    const { attempt } = fleet.node(second);
    const outcome = await fleet.outcome(fleet.controller.actions.replace([second]));
    assert.match(outcome[second] ?? '', /^succeeded: ready/);
    const node = fleet.node(second);
    assert.notEqual(node.instanceId, instanceId);
    assert.ok(node.attempt > attempt, 'attempts go on counting');
    const living = await findNodes(fleet.clouds, never);
    assert.deepEqual(living.map(({ name }) => name).sort(), [...all].sort());
    assert.equal(living.find(({ name }) => name === second)?.instance.instanceId, node.instanceId);
  });

  test('a machine that nobody agreed to end stays, whatever was there before it', async () => {
    const { actions } = fleet.controller;
    const before = fleet.node(second).instanceId;
    const seen = new Map([[second, before]]);
    const ids = [actions.replace([second], seen), actions.replace([second], seen)];
    const outcomes = await Promise.all(ids.map((id) => fleet.outcome(id)));
    const [skipped, succeeded] = outcomes.map((outcome) => outcome[second] ?? '').sort();
    assert.match(skipped ?? '', /^skipped: /);
    assert.match(succeeded ?? '', /^succeeded: ready/);
    const { instanceId } = fleet.node(second);
    assert.notEqual(instanceId, before);
    const other = `skipped: it has another machine now (${instanceId})`;
    for (const id of [actions.replace([second], seen), actions.terminate([second], seen)]) {
      assert.deepEqual(await fleet.outcome(id), { [second]: other });
    }
    assert.equal(fleet.node(second).phase, 'ready');
  });

  test('a replacement that is replaced says by what, and one machine is left', async () => {
    const { actions } = fleet.controller;
    const before = fleet.node(second).instanceId;
    const one = actions.replace([second]);
    await fleet.until(() => ![before, undefined].includes(fleet.node(second).instanceId));
    const other = actions.replace([second]);
    const overtaken = await fleet.outcome(one);
    assert.equal(overtaken[second], `cancelled: replaced by action ${other}`);
    assert.match((await fleet.outcome(other))[second] ?? '', /^succeeded: ready/);
    const living = await findNodes(fleet.clouds, never);
    assert.deepEqual(living.map(({ name }) => name).sort(), [...all].sort());
  });

  test('a node without a machine that is retried twice at once gets one, and is ready', async () => {
    const { actions } = fleet.controller;
    await fleet.outcome(actions.terminate([second]));
    await fleet.until(() => fleet.node(second).phase === 'terminated');
    const ids = [actions.retry([second]), actions.retry([second])];
    for (const id of ids) {
      assert.match((await fleet.outcome(id))[second] ?? '', /^succeeded: ready/);
    }
    const living = await findNodes(fleet.clouds, never);
    assert.deepEqual(living.map(({ name }) => name).sort(), [...all].sort());
    const log = fleet.node(second).log.map(({ message }) => message);
    assert.ok(log.includes('another create follows'), log.join('\n'));
  });

  test('more nodes come under the smallest free names, also when asked for at once', async () => {
    const { actions } = fleet.controller;
    const [one, other] = [actions.launch(1, 'us-east-1'), actions.launch(1, 'us-east-1')];
    const outcomes = { ...(await fleet.outcome(one)), ...(await fleet.outcome(other)) };
    assert.deepEqual(Object.keys(outcomes).sort(), ['us-east-1-2', 'us-east-1-3']);
    const ids = [...fleet.nodes.values()].map(({ instanceId }) => instanceId);
    assert.equal(new Set(ids).size, 5, 'each node has a machine of its own');
    for (const result of Object.values(outcomes)) assert.match(result, /^succeeded: ready/);
    const refused = actions.launch(1, 'mars-north-1');
    await fleet.outcome(refused);
    const { detail, failure } = fleet.action(refused);
    assert.equal(detail, '1 more in mars-north-1');
    assert.match(failure ?? '', /mars-north-1 is no region of the configuration/);
    const notice = fleet.events.findLast(({ event }) => event === 'notice');
    assert.match(JSON.stringify(notice), /mars-north-1 is no region of the configuration/);
    assert.equal(fleet.nodes.size, 5);
  });

  test('nodes that are terminated say so as soon as EC2 agrees', async () => {
    const { actions } = fleet.controller;
    const outcome = await fleet.outcome(actions.terminate([first, third]));
    assert.deepEqual(outcome, {
      [first]: 'succeeded: EC2 terminates it',
      [third]: 'succeeded: EC2 terminates it',
    });
    assert.match(fleet.node(first).phase, /^terminat/);
    const again = await fleet.outcome(actions.exec([first], 'true'));
    assert.match(again[first] ?? '', /^failed: /);
  });
});
