import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { enters, fails, fleetOf, logs, reclaims, runsOn, start } from './events.ts';
import { cleanup, keyboard, type ShowOptions, show } from './harness.tsx';

afterEach(cleanup);

const node = 'us-west-2-1';

/** Waits until an action was asked for. */
const untilCalled = async ({ calls }: { readonly calls: readonly string[] }, begin: string) => {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (calls.some((call) => call.startsWith(begin))) return;
    await sleep(5);
  }
  assert.fail(`Nobody asked for ${begin}, but for ${calls}`);
};

const showCause = async (events: readonly FleetEvent[], options: ShowOptions = {}) => {
  const shown = await show(events, options);
  await shown.press('e');
  await shown.until('Esc closes');
  return shown;
};

const failed: readonly FleetEvent[] = [
  enters(node, 'booting', -60),
  enters(node, 'configuring', -40),
  runsOn(node),
  fails(node, 'configure-services failed: sensor.service has no ExecStart', 'mend the unit', -10),
];

const degraded: FleetEvent = {
  event: 'phase',
  time: start - 20_000,
  node,
  phase: 'degraded',
  reason: 'container bacalhau exited',
  hint: 'docker logs bacalhau tells why',
};

const health: FleetEvent = {
  event: 'health',
  time: start - 5000,
  node,
  checks: [
    { name: 'docker', status: 'passed', detail: 'active' },
    { name: 'container bacalhau', status: 'failed', detail: 'exited', hint: 'c starts it again' },
  ],
  services: [],
  containers: [],
};

describe('the cause of a failure', () => {
  test('is complete at 80x24: when, why, what to try, which key does it, the last output', async () => {
    const { screen } = await showCause([...failed, health]);
    assert.match(screen(), /✗ failed in configuring after 30s, attempt 1, 10s ago/);
    assert.match(screen(), /configure-services failed: sensor\.service has no ExecStart/);
    assert.match(screen(), /→ mend the unit/);
    assert.match(screen(), /r retries · u pushes after you mended the files/);
    assert.match(screen(), /s opens a shell/);
    assert.match(screen(), /│ first line of output/);
    assert.match(screen(), /│ last line of output/);
    assert.match(screen(), /1 check failed, 1 passed, 5s ago/);
    assert.match(screen(), /✗ container bacalhau: exited/);
    assert.match(screen(), /→ c starts it again/);
  });

  test('ends with where to read on, each topic once', async () => {
    const lastLine = (lines: readonly string[]) => {
      const end = lines.findIndex((line) => line.includes('╰─ Esc closes'));
      return lines[end - 1]?.replace(/^.*│ {2}/, '').replace(/ *│.*$/, '');
    };
    const many = await showCause([...failed, health, enters('us-west-2-2', 'ready')]);
    assert.equal(
      lastLine(many.lines()),
      'More: spot-tui explain configure, spot-tui explain containers',
    );
    cleanup();
    const one = await showCause([enters(node, 'ready', -60), runsOn(node), degraded, health], {
      rows: 40,
    });
    assert.equal(one.screen().match(/More:/g)?.length, 1);
    assert.equal(
      lastLine(one.lines()),
      'More: spot-tui explain checks, spot-tui explain containers',
    );
    cleanup();
    const told = await showCause([
      enters(node, 'ready', -60),
      { ...degraded, topic: 'containers' } as FleetEvent,
      health,
    ]);
    assert.equal(lastLine(told.lines()), 'More: spot-tui explain containers');
    cleanup();
    const well = await showCause([enters(node, 'ready', -60), runsOn(node)]);
    assert.doesNotMatch(well.screen(), /More:/);
  });

  test('has the end of the log where the failure left no output', async () => {
    const { output: _output, ...silent } = fails(node, 'too slow') as Extract<
      FleetEvent,
      { phase: 'failed' }
    >;
    const { screen } = await showCause([
      enters(node, 'booting', -60),
      ...Array.from({ length: 20 }, (_line, index) => logs(node, `line ${index}.`)),
      silent,
    ]);
    assert.match(screen(), /The end of its log/);
    assert.match(screen(), /│ cloud-init: line 19\./);
    assert.doesNotMatch(screen(), /line 11\./);
    assert.doesNotMatch(screen(), /s opens a shell/, 'it has no address');
  });

  test('has the attempts before', async () => {
    const { screen } = await showCause([
      enters(node, 'booting', -95),
      fails(node, 'no capacity', 'try', -60),
      { ...enters(node, 'configuring', -40), attempt: 2 } as FleetEvent,
      fails(node, 'again', 'try', -10),
    ]);
    assert.match(screen(), /attempt 2, 10s ago/);
    assert.match(screen(), /attempt 1 failed in booting after 35s/);
  });

  test('is scrolled where it is longer than the window', async () => {
    const shown = await showCause([
      ...failed.slice(0, 3),
      {
        ...fails(node, 'no', 'try', -10),
        output: Array.from({ length: 60 }, (_line, index) => `output ${index}.`),
      } as FleetEvent,
    ]);
    assert.match(shown.screen(), /1-20 of/);
    assert.doesNotMatch(shown.screen(), /output 59\./);
    await shown.press(keyboard.down);
    await shown.until('2-21 of');
    await shown.press(keyboard.pageDown, keyboard.pageDown, keyboard.pageDown);
    await shown.until('output 59.');
    await shown.press(keyboard.pageUp, keyboard.pageUp, keyboard.pageUp, keyboard.pageUp);
    await shown.until('1-20 of');
    await shown.press('G');
    await shown.until('output 59.');
    await shown.press('g');
    await shown.until('1-20 of');
    assert.equal(shown.lines().length, 24);
  });

  test('is closed by escape and by e', async () => {
    for (const key of [keyboard.escape, 'e']) {
      const shown = await showCause(failed);
      await shown.press(key);
      await shown.until(/^(?!.*Esc closes)/s);
      assert.doesNotMatch(shown.screen(), /Esc closes/);
    }
  });

  test('is mended from there: the key acts on this node', async () => {
    const shown = await showCause(failed);
    await shown.press('r');
    await shown.until(/^(?!.*Esc closes)/s);
    await untilCalled(shown, `retry ${node}`);
  });

  test('never acts on nodes that are selected besides', async () => {
    const shown = await showCause([...fleetOf(3), ...failed]);
    shown.model.view.dispatch({
      type: 'change-fleet',
      fleet: {
        ...shown.model.view.getState().fleet,
        marked: new Set(['us-west-2-2', 'us-west-2-3']),
      },
    });
    await shown.press('r');
    await shown.until('2 nodes are selected: Esc ends that');
    assert.deepEqual(shown.calls, []);
  });
});

describe('the cause of other trouble', () => {
  test('tells since when a node is degraded, and how long it was well', async () => {
    const { screen } = await showCause([
      enters(node, 'ready', -3620),
      runsOn(node),
      degraded,
      health,
    ]);
    assert.match(screen(), /▲ degraded for 20s, after it was ready for 1h00m/);
    assert.match(screen(), /→ docker logs bacalhau tells why/);
    assert.match(screen(), /l shows logs/);
  });

  test('tells how long EC2 leaves an interrupted node, and what comes after', async () => {
    const { screen } = await showCause([enters(node, 'ready'), runsOn(node), reclaims(node)]);
    assert.match(screen(), /◆ interrupted 0s ago, gone in 2m00s/);
    assert.match(
      screen(),
      /→ spot-tui create --sandbox launches another one once this one is gone/,
    );
  });

  test('is nothing for a node that is well', async () => {
    const { screen } = await showCause([enters(node, 'ready', -60), runsOn(node)]);
    assert.match(screen(), /✓ ready for 1m00s/);
    assert.match(screen(), /Nothing is wrong with us-west-2-1, as far as is known/);
    assert.doesNotMatch(screen(), /retries/);
  });

  test('is nothing so far for a node on its way', async () => {
    const { screen } = await showCause([enters(node, 'booting', -60)]);
    assert.match(screen(), /Nothing has failed on us-west-2-1 so far/);
  });
});
