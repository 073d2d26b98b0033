import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, lines, printed, User } from './program.ts';
import { Events } from './told-events.ts';

const configuration = (more: readonly string[]): string =>
  [
    'deployment: fleet',
    'replace_interrupted: true',
    'aws: {total_instances: 2, scripts_directory: scripts, config_directory: config, units_directory: services}',
    'regions: [us-west-2]',
    ...more,
    '',
  ].join('\n');

/** EC2 takes nodes back of a fleet that is to stay whole, and whose nodes are to end well. */
suite('a fleet of which EC2 takes nodes back', () => {
  let user: User;
  let watcher: ChildProcess;
  let events: Events;
  const fleet = ['--sandbox', '--config', 'fleet.yaml'];

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    await user.write(
      'fleet.yaml',
      configuration([
        'settle_time: 0s',
        'drain_command: echo once >>~/drained; sudo systemctl stop sensor.service; echo stopped',
      ]),
    );
    watcher = user.start([
      'create',
      '--sandbox=fast',
      '--config',
      'fleet.yaml',
      '--json',
      '--watch',
    ]);
    events = new Events(watcher);
    for (const node of ['us-west-2-1', 'us-west-2-2']) await events.of(node, { phase: 'ready' });
  });
  after(() => user.remove());

  test('one more is launched at once, while the old one is drained and counts its time', async () => {
    const told = await user.run(['sandbox', 'fault', 'reclaim', 'us-west-2-2']);
    assert.equal(told.status, 0, told.stderr);
    const { deadline } = await events.of('us-west-2-2', { phase: 'interrupted' });
    assert.match(String(deadline), /^20.*Z$/);
    await events.of('us-west-2-3', { phase: 'ready' });
    await events.of('us-west-2-2', { event: 'instance', replacedBy: 'us-west-2-3' });
    const result = await events.of('us-west-2-2', {
      event: 'action-result',
      action: 'replace',
      status: 'succeeded',
    });
    assert.match(String(result.detail), /^us-west-2-3 has its place: ready after/);
    const started = events.all.filter(
      ({ action, event, state }) =>
        event === 'action' && action === 'replace' && state === 'started',
    );
    assert.deepEqual(
      started.map(({ by, nodes }) => [by, nodes]),
      [['spot-tui', ['us-west-2-2']]],
    );
  });

  test('its drain command has run on it, once, and said so in its log', async (t) => {
    await events.of('us-west-2-2', { event: 'log', message: /^the drain command (has|failed)/ });
    const probe = await user.run(['exec', 'us-west-2-2', ...fleet, '--', 'cat ~/drained']);
    if (/nothing would keep it from your machine/.test(probe.stdout + probe.stderr)) {
      t.skip('nodes have no walls here: nothing of anybody’s own runs on them');
      return;
    }
    assert.match(probe.stdout, /once/);
    assert.equal(probe.stdout.split('once').length - 1, 1);
    await events.of('us-west-2-2', { event: 'log', source: 'drain', message: 'stopped' });
    await events.of('us-west-2-2', { event: 'log', message: /^the drain command has ended well/ });
    const state = await user.run([
      ...['exec', 'us-west-2-2', ...fleet, '--'],
      'systemctl is-active sensor.service || true',
    ]);
    assert.match(state.stdout, /inactive/);
  });

  test('whoever attaches finds the new one among the others', async () => {
    const { stdout } = await user.run(['list', ...fleet]);
    for (const node of [1, 2, 3]) assert.match(stdout, new RegExp(`^us-west-2-${node} `, 'm'));
  });
});

test('create that has not settled replaces as well, and succeeds once the new node is ready', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    await user.write('fleet.yaml', configuration(['settle_time: 5s']));
    const child = user.start([
      'create',
      '--sandbox',
      '--config',
      'fleet.yaml',
      '--json',
      '--count',
      '1',
    ]);
    const ended = finish(child);
    await printed(child, '"phase":"booting"');
    // Its name is written a moment later.
    while ((await user.run(['sandbox', 'fault', 'reclaim', 'us-west-2-1'])).status !== 0) {
      await sleep(100);
    }
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout);
    const told = lines(stdout);
    assert.ok(told.some(({ node, phase }) => node === 'us-west-2-1' && phase === 'interrupted'));
    const { failed, interrupted, ready, replaced } = told.at(-1) ?? {};
    assert.deepEqual(
      { failed, interrupted, ready, replaced },
      { failed: 0, interrupted: 0, ready: 1, replaced: 1 },
    );
  } finally {
    await user.remove();
  }
});
