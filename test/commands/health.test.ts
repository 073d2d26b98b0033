import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { finish, User } from './program.ts';
import { type Event, Events } from './told-events.ts';

/** A fleet with somebody who watches it, while others break, mend and change it. */
suite('a fleet that is watched', () => {
  let user: User;
  let watcher: ChildProcess;
  let events: Events;
  const fleet = ['--sandbox', '--config', 'fleet.yaml'];
  const run = async (...words: string[]) => {
    const result = await user.run([...words, ...fleet]);
    assert.equal(result.status, 0, result.stdout + result.stderr);
  };
  const fault = (kind: string, node: string) => user.run(['sandbox', 'fault', kind, node]);

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    await user.write(
      'fleet.yaml',
      [
        'deployment: fleet',
        'health_interval: 1s',
        'settle_time: 0s',
        'aws: {total_instances: 2, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--config', 'fleet.yaml']);
    assert.equal(created.status, 0, created.stdout + created.stderr);
    assert.equal((await fault('stop-service', 'us-west-2-2')).status, 0);
    watcher = user.start([...fleet, '--json', '--watch']);
    events = new Events(watcher);
  });
  after(() => user.remove());

  test('who attaches is told how nodes are, and what they cost', async () => {
    await events.of('us-west-2-1', { phase: 'ready' });
    const { checks, containers, disk, load, memory, services } = await events.of('us-west-2-1', {
      event: 'health',
    });
    assert.ok(Array.isArray(services) && Array.isArray(containers) && Array.isArray(checks));
    assert.ok(checks.every(({ status }) => status !== 'failed'));
    assert.ok(services.some(({ name, state }) => name === 'sensor.service' && state === 'active'));
    assert.ok(containers.every(({ state }) => state === 'running') && containers.length > 0);
    for (const some of [disk, load, memory]) assert.equal(typeof some, 'object');
    const facts = { event: 'instance', pricePerHour: /^0\.\d+$/, publicAddress: '127.0.0.1' };
    await events.of('us-west-2-1', { ...facts, privateAddress: /^172\.31\./ });
  });

  test('what others mend or launch is seen: what had failed becomes ready, a new node appears', async () => {
    await events.of('us-west-2-2', { phase: 'failed', failedPhase: 'verifying' });
    await run('create', '--count', '3');
    await events.of('us-west-2-2', { phase: 'ready', attempt: 1 });
    await events.of('us-west-2-3', { event: 'log', message: /was launched elsewhere/ });
    await events.of('us-west-2-3', { phase: 'ready' });
  });

  suite('what becomes of nodes', { concurrency: true }, () => {
    test('a service that stops degrades its node, and one that is back makes it ready', async (t) => {
      const node = 'us-west-2-1';
      let from = events.all.length;
      await fault('stop-service', node);
      const { hint, reason } = await events.of(node, { phase: 'degraded' }, from);
      assert.match(String(reason), /^[a-z-]+\.service: not running/);
      assert.match(String(hint), /`spot-tui configure us-west-2-1 --sandbox --config fleet\.yaml`/);
      await run('configure', node);
      await events.of(node, { phase: 'ready', attempt: 1 }, from);
      await events.of(node, { event: 'log', message: /^well again: / }, from);

      await t.test('so does a full disk, until there is room', async (t) => {
        from = events.all.length;
        const filled = await fault('fill-disk', node);
        if (filled.status !== 0) {
          t.skip(`no disk to fill here: ${filled.stderr}`);
          return;
        }
        await events.of(node, { phase: 'degraded', reason: /^disk: 0 MiB of/ }, from);
        await user.run(['exec', node, ...fleet, '--', 'sudo rm /var/tmp/filler']);
        await events.of(node, { phase: 'ready' }, from);
      });
    });

    test('one that somebody else terminates is seen to go', async () => {
      await run('destroy', 'us-west-2-2', '--yes');
      await events.of('us-west-2-2', { phase: 'terminated' });
    });

    test('one that EC2 takes back is warned, then interrupted with the time it has left', async () => {
      assert.equal((await fault('rebalance', 'us-west-2-3')).status, 0);
      await events.of('us-west-2-3', { event: 'instance', rebalanceSince: /^20.*Z$/ });
      await events.of('us-west-2-3', { event: 'log', message: /^EC2 recommends to rebalance/ });
      const isNotice = ({ event, message }: Event) =>
        event === 'notice' && /^us-west-2-3: EC2 recommends/.test(String(message));
      assert.equal((await fault('reclaim', 'us-west-2-3')).status, 0);
      const { deadline, time } = await events.of('us-west-2-3', { phase: 'interrupted' });
      const left = Date.parse(String(deadline)) - Date.parse(String(time));
      assert.ok(left > 0 && left <= 120_000, `${left} ms`);
      // By now, whichever of its words came first.
      assert.equal(events.all.filter(isNotice).length, 1);
    });
  });

  test('nothing was told that the schema of events does not know', async () => {
    const text = await readFile('templates/events.schema.json', 'utf8');
    const isEvent = new Ajv2020({ formats: { 'date-time': true } }).compile(JSON.parse(text));
    for (const event of events.all) assert.ok(isEvent(event), JSON.stringify(isEvent.errors));
  });

  test('the watch ends as any other command does', async () => {
    const ended = finish(watcher);
    watcher.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130);
    assert.match(stderr, /what runs keeps running/);
  });
});
