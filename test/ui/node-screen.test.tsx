import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOutcome, FleetEvent, HealthEvent } from '../../source/events/event.ts';
import { openNode } from '../../source/ui/node-screen/open-node.ts';
import { enters, fails, fleetOf, logs, reclaims, runsOn, start } from './events.ts';
import { cleanup, keyboard, type ShowOptions, show } from './harness.tsx';
import { hostileTexts } from './log-samples.ts';

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

/** The page of a node over a dashboard. */
const showNode = async (events: readonly FleetEvent[], options: ShowOptions = {}) => {
  const shown = await show(events, options);
  openNode(shown, node);
  await shown.until(/[─-]{2} log/);
  return shown;
};

const gibibyte = 2 ** 30;

const passed: readonly CheckOutcome[] = Array.from({ length: 17 }, (_check, index) => ({
  name: `check ${index}`,
  status: 'passed',
  detail: 'fine',
}));

const health = (facts: Partial<HealthEvent> = {}): HealthEvent => ({
  event: 'health',
  time: start,
  node,
  checks: passed,
  services: [{ name: 'bacalhau-startup.service', state: 'active', detail: 'running' }],
  containers: [{ name: 'bacalhau', state: 'running', detail: 'bacalhau:latest' }],
  load: { average: 0.42, processors: 2 },
  memory: { used: 1 * gibibyte, total: 4 * gibibyte },
  disk: { used: 18 * gibibyte, total: 20 * gibibyte },
  uptime: 3 * 86_400_000,
  ...facts,
});

const machine = runsOn(node, {
  imageId: 'ami-0123456789abcdef0',
  pricePerHour: 0.0125,
  launchedAt: start - 3_600_000,
  publicAddress: '203.0.113.7',
  privateAddress: '10.0.0.5',
  sshPort: 22,
});

/** A node that failed, was tried again, and failed again with all there is to tell. */
const troubled: readonly FleetEvent[] = [
  enters(node, 'launching', -100),
  enters(node, 'booting', -95),
  fails(node, 'no capacity', 'try', -60),
  { ...enters(node, 'uploading', -50), attempt: 2 } as FleetEvent,
  { ...enters(node, 'configuring', -40), attempt: 2 } as FleetEvent,
  machine,
  health({
    checks: [
      ...passed,
      { name: 'container bacalhau', status: 'failed', detail: 'exited', hint: 'c starts it' },
      { name: 'disk', status: 'failed', detail: '0.2 GiB free', hint: 'remove files' },
    ],
    services: [
      { name: 'bacalhau-startup.service', state: 'active', detail: 'running' },
      { name: 'sensor.service', state: 'failed', detail: 'exit-code' },
    ],
    containers: [{ name: 'bacalhau', state: 'exited', detail: 'Exited (137)' }],
  }),
  fails(node, 'configure-services failed: sensor.service has no ExecStart', 'mend the unit', -10),
  ...Array.from({ length: 100 }, (_line, index) => logs(node, `line ${index}`)),
];

const logRows = (lines: readonly string[]) =>
  lines.filter((row) => /\d\d:\d\d:\d\d .*line \d/.test(row));

describe('the page of a node at 80x24', () => {
  test('tells all that matters and keeps eight rows for the log', async () => {
    const { lines, line, screen } = await showNode(troubled);
    assert.match(lines()[0] ?? '', /us-west-2-1 {2}✗ failed 10s · attempt 2 .* 1 of 1/);
    assert.match(lines()[1] ?? '', /✗ configuring: configure-services failed/);
    assert.match(screen(), /→ mend the unit\n {3}More: spot-tui explain configure\n/);
    assert.match(screen(), /i-0123456789abcdef0.*203\.0\.113\.7.*t3\.medium.*\$0\.0125\/h/);
    assert.match(line('attempt 1'), /failed in booting after 40s/);
    assert.match(screen(), /uploading 10s → configuring 30s → failed 10s/);
    assert.match(
      line('memory'),
      /load ━╌╌╌ {2}21%.*memory ━╌╌╌ {2}25%.*disk ━━━━ {2}90%.*up 3d00h/,
    );
    assert.match(screen(), /✗ sensor\.service failed · ✗ bacalhau exited/);
    assert.match(screen(), /✗ 2 checks failed, 17 passed/);
    assert.ok(logRows(lines()).length >= 8, `${logRows(lines()).length} rows`);
    assert.match(screen(), /line 99/);
    assert.equal(lines().length, 24);
  });

  test('keeps eight rows for the log in lower windows, too', async () => {
    const { lines } = await showNode(troubled, { columns: 80, rows: 18 });
    assert.ok(logRows(lines()).length >= 8, `${logRows(lines()).length} rows`);
  });

  test('gives all rows that a node does not need to the log', async () => {
    const { lines } = await showNode([
      enters(node, 'ready'),
      machine,
      ...Array.from({ length: 100 }, (_line, index) => logs(node, `line ${index}`)),
    ]);
    assert.ok(logRows(lines()).length >= 14, `${logRows(lines()).length} rows`);
  });

  test('says how many checks passed, and what to press where there were none', async () => {
    const well = await showNode([enters(node, 'ready'), health()]);
    assert.match(well.screen(), /✓ 17 checks passed/);
    const unseen = await showNode([enters(node, 'ready')]);
    assert.match(unseen.screen(), /not looked at so far: d checks everything now/);
  });

  test('exists for a node of which next to nothing is known', async () => {
    const { screen } = await showNode([enters(node, 'pending')]);
    assert.match(screen(), /us-west-2-1 .* pending 0s/);
    assert.match(screen(), /no instance yet · us-west-2/);
    assert.match(screen(), /Nothing was logged so far/);
  });

  test('counts down for a node that EC2 takes', async () => {
    const shown = await showNode([enters(node, 'ready'), reclaims(node)]);
    assert.match(shown.screen(), /◆ interrupted 0s · gone in 2m00s/);
    shown.time.passSeconds(5);
    await shown.until('gone in 1m55s');
  });

  test('says since when EC2 recommends to replace it', async () => {
    const facts = { rebalanceSince: start - 90_000 };
    const { screen } = await showNode([enters(node, 'ready'), runsOn(node, facts)], {
      columns: 140,
      rows: 50,
    });
    assert.match(screen(), /rebalance +recommended by EC2 1m30s ago/);
  });

  test('says when it expires', async () => {
    const facts = { expiresAt: start + 2 * 3_600_000 };
    const size = { columns: 140, rows: 50 };
    const shown = await showNode([enters(node, 'ready'), runsOn(node, facts)], size);
    assert.match(shown.screen(), /expires +in 2h00m/);
    await shown.happen(runsOn(node, { expiresAt: start - 1 }));
    assert.match(shown.screen(), /expires +now/);
  });

  test('says how far its host key is trusted, until it gets another machine', async () => {
    const size = { columns: 140, rows: 50 };
    const key = { hostKeyFingerprint: 'SHA256:AAAA' } as const;
    const verified = runsOn(node, { ...key, hostKey: 'verified' });
    const shown = await showNode([enters(node, 'ready'), verified], size);
    assert.match(shown.screen(), /host key +verified, SHA256:AAAA/);
    await shown.happen(runsOn(node, { ...key, hostKey: 'pinned' }));
    assert.match(shown.screen(), /host key +not verified, SHA256:AAAA/);
    await shown.happen(runsOn(node, { instanceId: 'i-0another' }));
    assert.doesNotMatch(shown.screen(), /host key/);
  });

  test('stays when the node is gone', async () => {
    const shown = await showNode(troubled);
    const gone = { event: 'phase', phase: 'terminated', reason: 'asked for by anna' } as const;
    await shown.happen({ ...gone, node, time: start });
    await shown.until('asked for by anna');
    assert.match(shown.screen(), /line 99/);
    assert.match(shown.screen(), /complete/);
  });

  test('says that a node runs on demand, and so does the table', async () => {
    const events = [enters(node, 'ready'), runsOn(node, { lifecycle: 'on-demand' })];
    const shown = await showNode(events, { columns: 200, rows: 60 });
    await shown.until('t3.medium, on demand');
    await shown.press('q');
    await shown.until('t3.medium od');
  });

  test('says what became of a node that was launched in another region', async () => {
    const shown = await showNode(troubled);
    await shown.happen({
      event: 'moved',
      time: start,
      node,
      to: 'us-east-1-2',
      reason: 'no capacity in us-west-2',
    });
    await shown.until('us-west-2-1 is us-east-1-2 now');
  });
});

describe('the page of a node at 200x60', () => {
  const size = { columns: 200, rows: 60 };

  test('has machine and phases on the left, health and checks on the right', async () => {
    const { lines, line, screen } = await showNode(troubled, size);
    assert.match(line('ami-0123456789abcdef0'), /image +ami-0123456789abcdef0/);
    assert.match(line('0.42'), /^ instance +i-0123456789abcdef0 +load +━+╌+ +21% +0\.42 on 2/);
    assert.match(screen(), /launched +\d\d:\d\d:\d\d, 1h00m ago/);
    assert.match(screen(), /private +10\.0\.0\.5/);
    assert.match(screen(), /uploading +10s ━+ /);
    assert.match(screen(), /configuring +30s ━{24}/);
    assert.match(screen(), /sensor\.service +failed {2}service, exit-code/);
    assert.match(screen(), /✗ disk: 0\.2 GiB free/);
    assert.match(screen(), /→ remove files/);
    assert.ok(logRows(lines()).length >= 24, `${logRows(lines()).length} rows`);
    assert.equal(lines().length, 60);
  });

  test('puts what does not run before what does', async () => {
    const { lines } = await showNode(troubled, size);
    const rowOf = (text: string) => lines().findIndex((row) => row.includes(text));
    assert.ok(rowOf('sensor.service  ') < rowOf('bacalhau-startup.service'));
  });
});

describe('keys on the page of a node', () => {
  test('tab gives the log the whole page, and back', async () => {
    const shown = await showNode(troubled);
    await shown.press(keyboard.tab);
    await shown.until(/^── us-west-2-1.*\n── log/);
    assert.equal(logRows(shown.lines()).length, 20);
    await shown.press(keyboard.tab);
    await shown.until('17 passed');
    await shown.press(keyboard.tab);
    await shown.until(/^── us-west-2-1.*\n── log/);
    await shown.press(keyboard.escape);
    await shown.until('17 passed');
  });

  test('] and [ go through the nodes in the order of the table, and take the cursor along', async () => {
    const shown = await showNode([...fleetOf(3), logs('us-west-2-2', 'of the second')]);
    await shown.press(']');
    await shown.until('── us-west-2-2');
    await shown.until('of the second');
    assert.match(shown.lines()[0] ?? '', /2 of 3/);
    await shown.press('[', '[');
    await shown.until('── us-west-2-3');
    await shown.press('q');
    await shown.until(/^› us-west-2-3/m);
  });

  test('act on this node, wherever the cursor of the table is', async () => {
    const shown = await showNode([...fleetOf(3), ...troubled]);
    await shown.press(']', '[', 'r');
    await untilCalled(shown, `retry ${node}`);
  });

  test('scroll its log by its own height', async () => {
    const shown = await showNode(troubled);
    await shown.press('k');
    await shown.until(/paused.*-99 of 100/);
    await shown.press(keyboard.pageDown);
    await shown.until('following');
  });

  test('leave with q, and open again with the log as it goes on', async () => {
    const shown = await showNode(troubled);
    await shown.press('q');
    await shown.until(/PHASE/);
    await shown.happen(logs(node, 'line 100'));
    openNode(shown, node);
    await shown.until('line 100');
  });
});

test('a terminal without Unicode gets none', async () => {
  for (const size of [{}, { columns: 200, rows: 60 }]) {
    const shown = await showNode(troubled, { ...size, hasUnicode: false });
    assert.match(shown.screen(), /^[\n -~]+$/);
    await shown.press('/', 'x', keyboard.enter);
    await shown.until('so far');
    await shown.press('k', 'e');
    await shown.until('Esc closes');
    assert.match(shown.screen(), /^[\n -~]+$/);
  }
});

test('lines that come move nothing but the log', async () => {
  const shown = await showNode(troubled);
  const before = shown.lines().slice(0, 12);
  await shown.happen(logs(node, 'line 100'));
  await shown.until('line 100');
  assert.deepEqual(shown.lines().slice(0, 12), before);
});

const nodeOf = (index: number) => `us-west-2-${index + 1}`;

/** Nodes that have a hostile text wherever text can be. */
const hostile = Object.values(hostileTexts).flatMap((text, index): FleetEvent[] => {
  const own = nodeOf(index);
  const workload = { name: text, state: text.slice(0, 300), detail: text };
  const check: CheckOutcome = { name: text, status: 'failed', detail: text, hint: text };
  return [
    enters(own, 'configuring'),
    runsOn(own, { instanceType: text, zone: text, imageId: text, address: text }),
    { ...health(), node: own, services: [workload], containers: [workload], checks: [check] },
    { ...fails(own, text, text), output: [text, text] } as FleetEvent,
    logs(own, text, text),
  ];
});

for (const size of [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]) {
  test(`hostile facts stay in ${size.columns}x${size.rows}`, async () => {
    const shown = await show(hostile, size);
    for (const [index, name] of Object.keys(hostileTexts).entries()) {
      openNode(shown, nodeOf(index));
      await shown.until(new RegExp(`^── ${nodeOf(index)} `));
      assert.equal(shown.lines().length, size.rows, name);
      assert.ok(shown.width() <= size.columns, `${name}: ${shown.width()} columns`);
      await shown.press('e');
      await shown.until('Esc closes');
      assert.equal(shown.lines().length, size.rows, name);
      assert.ok(shown.width() <= size.columns, `${name}: ${shown.width()} columns, its cause`);
      shown.model.view.dispatch({ type: 'close' });
      shown.model.view.dispatch({ type: 'back' });
    }
  });
}
