import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { begins, enters, fails, fleetOf, logs, reclaims, runsOn, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const sizes = [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

describe('a fleet without nodes', () => {
  test('says what to do about it', async () => {
    const { screen } = await show([begins('lab', 'attach', 0)]);
    assert.match(screen(), /There are no nodes of lab/);
    assert.match(screen(), /spot-tui create --sandbox launches them/);
  });

  test('is expected at the beginning of create', async () => {
    const { screen } = await show([begins('lab', 'create', 3)]);
    assert.match(screen(), /Nodes appear here as soon as they are known/);
  });

  test('is not told before anything is known at all', async () => {
    const { screen } = await show([]);
    assert.match(screen(), /Asking EC2 what is there/);
    assert.doesNotMatch(screen(), /There are no nodes/);
    assert.match(screen(), /q quit/);
  });
});

describe('one node', () => {
  const events = [
    begins('sandbox'),
    enters('us-west-2-1', 'launching'),
    runsOn('us-west-2-1'),
    enters('us-west-2-1', 'booting', 3),
    logs('us-west-2-1', 'Setting up docker.io'),
  ];

  test('at 80x24 shows the name, the phase, the time in it and its last log line', async () => {
    const { line, time, screen, until } = await show(events);
    time.passSeconds(8);
    await until(/booting +5s/);
    assert.match(line('us-west-2-1  '), /^› us-west-2-1 .* booting +5s +Setting up docker\.io/);
    assert.match(screen(), /spot-tui sandbox {2}create +8s/);
    assert.match(screen(), /1 booting/);
    assert.match(screen(), /1 node in 1 region/);
  });

  test('at 200x60 also shows zone, instance id, type and address', async () => {
    const { line, lines } = await show(events, { columns: 200, rows: 60 });
    assert.match(
      line('NODE'),
      /NODE +ZONE +INSTANCE +TYPE +PRICE\/H +ADDRESS +PHASE +TIME +LAST LOG/,
    );
    assert.match(
      line('› us-west-2-1'),
      /us-west-2-1 +us-west-2a +i-0123456789abcdef0 +t3\.medium +203\.0\.113\.7 +. booting/,
    );
    assert.equal(lines().length, 60);
  });

  test('its pane tells its phases with the time that each took, and its log', async () => {
    const { screen } = await show([...events, enters('us-west-2-1', 'connecting', 20)]);
    assert.match(screen(), /launching 3s → booting 17s → connecting 0s/);
    assert.match(screen(), /\d\d:\d\d:\d\d {2}cloud-init {2}Setting up docker\.io/);
    assert.match(screen(), /── us-west-2-1 {2}i-0123456789abcdef0 · 203\.0\.113\.7/);
  });

  test('a port that is not 22 belongs to the address', async () => {
    const { line } = await show([...events, runsOn('us-west-2-1', { sshPort: 40022 })], {
      columns: 120,
      rows: 40,
    });
    assert.match(line('› us-west-2-1'), /203\.0\.113\.7:40022/);
  });
});

test('every phase is written as in the contract, each with a sign of its own', async () => {
  const inWork = [
    'launching',
    'booting',
    'connecting',
    'uploading',
    'cloud-init',
    'configuring',
    'verifying',
  ] as const;
  const { line } = await show(
    [
      enters('us-west-2-1', 'pending'),
      ...inWork.map((phase, index) => enters(`us-west-2-${index + 2}`, phase)),
      enters('us-west-2-9', 'ready'),
      fails('us-west-2-10', 'no'),
      degrades('us-west-2-11'),
      reclaims('us-west-2-12'),
      ends('us-west-2-13', 'terminating'),
      ends('us-west-2-14', 'terminated'),
    ],
    { columns: 100, rows: 50 },
  );
  const signOf = (node: number) =>
    new RegExp(` us-west-2-${node} .*? ([^ ]) ([a-z-]+) +\\d`).exec(line(` us-west-2-${node} `));
  assert.deepEqual(signOf(1)?.slice(1), ['○', 'pending']);
  for (const [index, phase] of inWork.entries()) {
    assert.deepEqual(signOf(index + 2)?.slice(1), ['⠋', phase]);
  }
  assert.deepEqual(signOf(9)?.slice(1), ['✓', 'ready']);
  assert.deepEqual(signOf(10)?.slice(1), ['✗', 'failed']);
  assert.deepEqual(signOf(11)?.slice(1), ['▲', 'degraded']);
  assert.deepEqual(signOf(12)?.slice(1), ['◆', 'interrupted']);
  assert.deepEqual(signOf(13)?.slice(1), ['⠋', 'terminating']);
  assert.deepEqual(signOf(14)?.slice(1), ['–', 'terminated']);
});

test('a node that EC2 takes says who has its place, and needs nobody any more', async () => {
  const { line, press, screen } = await show([
    ...fleetOf(3),
    reclaims('us-west-2-2'),
    runsOn('us-west-2-2', { replacedBy: 'us-west-2-3' }),
  ]);
  assert.match(line(' us-west-2-2 '), /◆ interrupted .*gone in .* us-west-2-3 has its place/);
  await press('n');
  assert.match(screen(), /No node needs attention/);
});

test('a wide window says what each node costs, and can be sorted by it', async () => {
  const events = [
    ...fleetOf(3),
    runsOn('us-west-2-1', { pricePerHour: 0.0416 }),
    runsOn('us-west-2-2', { pricePerHour: 12.5 }),
  ];
  const { line, lines, press, screen } = await show(events, { columns: 200 });
  const end = line(' NODE ').indexOf('PRICE/H') + 'PRICE/H'.length;
  const priceOf = (node: string) => /(\S*)$/.exec(line(` ${node} `).slice(0, end))?.[1];
  assert.equal(priceOf('us-west-2-1'), '$0.0416');
  assert.equal(priceOf('us-west-2-2'), '$12.50');
  for (let asked = 0; asked < 9 && !/dearest|cheapest/.test(screen()); asked++) await press('>');
  assert.match(screen(), /The cheapest nodes first/);
  await press('I');
  assert.match(screen(), /The dearest nodes first/);
  const order = lines().flatMap((each) => / (us-west-2-\d) /.exec(each)?.[1] ?? []);
  assert.deepEqual(order.slice(0, 3), ['us-west-2-2', 'us-west-2-1', 'us-west-2-3']);
  const narrow = await show(events, { columns: 120 });
  assert.doesNotMatch(narrow.line(' NODE '), /PRICE/);
});

test('a node that EC2 may take back soon has a mark', async () => {
  const { line } = await show(
    [
      ...fleetOf(3),
      runsOn('us-west-2-2', { rebalanceSince: start }),
      logs('us-west-2-2', 'all is well'),
    ],
    { columns: 100 },
  );
  assert.match(line(' us-west-2-2 '), /✓ ready +\S+ +▲ rebalance · all is well/);
  assert.doesNotMatch(line(' us-west-2-3 '), /rebalance/);
});

test('a node for whose host key nobody vouches has a mark', async () => {
  const { line } = await show(
    [
      ...fleetOf(3),
      runsOn('us-west-2-2', { hostKey: 'pinned', hostKeyFingerprint: 'SHA256:AAAA' }),
      runsOn('us-west-2-3', { hostKey: 'verified', hostKeyFingerprint: 'SHA256:BBBB' }),
      logs('us-west-2-2', 'all is well'),
    ],
    { columns: 100 },
  );
  assert.match(line(' us-west-2-2 '), /✓ ready +\S+ +▲ unverified · all is well/);
  assert.doesNotMatch(line(' us-west-2-3 '), /verified/);
});

test('the mark is there where the window has no room for its words, or for none but some', async () => {
  const events = [
    ...fleetOf(3),
    runsOn('us-west-2-2', { hostKey: 'pinned', rebalanceSince: start }),
    logs('us-west-2-2', 'all is well'),
  ];
  const smallest = await show(events, { columns: 40, rows: 10 });
  assert.match(smallest.line(' us-west-2-2 '), /✓ ready ▲ +\S+$/);
  assert.match(smallest.line(' us-west-2-3 '), /✓ ready +\S+$/);
  await smallest.press(keyboard.down, keyboard.enter);
  assert.match(smallest.line('── us-west-2-2'), /✓ ready \S+ · ▲ rebalanc…$/);
  const narrow = await show(events, { columns: 60, rows: 16 });
  assert.match(narrow.line(' us-west-2-2 '), /✓ ready +\S+ +▲ rebalance, unverif…$/);
});

describe('an upload', () => {
  const uploading = (done: number, total: number): FleetEvent[] => [
    enters('us-west-2-1', 'uploading'),
    { event: 'progress', time: start, node: 'us-west-2-1', phase: 'uploading', done, total },
  ];

  test('has a bar and the share that has arrived', async () => {
    const { line } = await show(uploading(524_288, 1_048_576));
    assert.match(line('› us-west-2-1'), /uploading +0s {2}━━━━━╌╌╌╌╌ {2}50%/);
  });

  test('is never complete before all bytes have arrived, and never more than that', async () => {
    assert.match((await show(uploading(999_999, 1_000_000))).line('›'), /99%/);
    assert.match((await show(uploading(2_000_000, 1_000_000))).line('›'), /100%/);
    assert.doesNotMatch((await show(uploading(0, 0))).line('›'), /%/);
  });

  test('is followed by its next phase without a bar', async () => {
    const { line, happen } = await show(uploading(1, 2));
    await happen(enters('us-west-2-1', 'cloud-init', 4));
    assert.doesNotMatch(line('› us-west-2-1'), /%/);
  });
});

describe('a failed node', () => {
  const events = [
    ...fleetOf(3),
    logs('us-west-2-2', 'Started sensor.service'),
    fails('us-west-2-2', 'bacalhau-startup.service is missing', 'add it and press u', 9),
  ];

  test('stands above the others, with its reason where its log was', async () => {
    const { rowsOfTable, line } = await show(events);
    assert.deepEqual(rowsOfTable(), ['us-west-2-2', 'us-west-2-1', 'us-west-2-3']);
    assert.match(line(' us-west-2-2 '), /✗ failed .* bacalhau-startup\.service is missing/);
  });

  test('tells its phase, reason, hint, output and log once selected', async () => {
    const { screen, press } = await show(events);
    await press('g');
    assert.match(screen(), /✗ configuring: bacalhau-startup\.service is missing/);
    assert.match(screen(), /→ add it and press u/);
    assert.match(screen(), /│ last line of output/);
    assert.match(screen(), /Started sensor\.service/);
  });

  test('with a long reason and hint keeps both readable in a small window', async () => {
    const { screen, width, lines, press } = await show([
      ...fleetOf(3),
      fails('us-west-2-2', 'why '.repeat(80), 'do this '.repeat(40)),
    ]);
    await press('g');
    assert.match(screen(), /✗ configuring: why why/);
    assert.match(screen(), /→ do this do this/);
    assert.ok(width() <= 80);
    assert.equal(lines().length, 24);
  });
});

describe('the health of the selected node', () => {
  const healthy: FleetEvent = {
    event: 'health',
    time: start,
    node: 'us-west-2-1',
    checks: [{ name: 'setup.service', status: 'passed', detail: 'finished' }],
    services: [
      { name: 'sensor.service', state: 'active', detail: 'running' },
      { name: 'setup.service', state: 'inactive', detail: 'dead' },
    ],
    containers: [{ name: 'bacalhau', state: 'running', detail: '' }],
    load: { average: 0.42, processors: 2 },
    memory: { used: 400, total: 1000 },
    disk: { used: 634, total: 1000 },
  };
  const unhealthy: FleetEvent = {
    ...healthy,
    checks: [{ name: 'sensor.service', status: 'failed', detail: 'keeps ending' }],
    services: [{ name: 'sensor.service', state: 'failed', detail: '' }],
    containers: [],
    load: { average: 14.31, processors: 2 },
    disk: { used: 950, total: 1000 },
  };

  for (const size of sizes.slice(1)) {
    test(`stands in one line at ${size.columns}x${size.rows}`, async () => {
      const { line } = await show([...fleetOf(3), healthy], size);
      assert.equal(
        line('services').trim(),
        'services 2/2 · containers 1/1 · load 0.4/2 · disk 63% · memory 40%',
      );
    });
  }

  test('says what is wrong by more than its colour', async () => {
    const { line } = await show([...fleetOf(3), unhealthy]);
    assert.equal(
      line('services').trim(),
      '✗ 1 check failed · services ▲ 0/1 · load ▲ 14.3/2 · disk ▲ 95% · memory 40%',
    );
  });

  test('leaves the room that there is to what is wrong, and is not there while unknown', async () => {
    const { screen, press } = await show(
      [...fleetOf(30), unhealthy, fails('us-west-2-1', 'no', 'try again')],
      { columns: 80, rows: 16 },
    );
    assert.match(screen(), /✗ configuring: no/);
    assert.match(screen(), /→ try again/);
    assert.doesNotMatch(screen(), /services/);
    await press('j');
    assert.doesNotMatch(screen(), /services/);
  });
});

test('a reclaimed node counts down to its end', async () => {
  const { line, time, until } = await show([...fleetOf(2), reclaims('us-west-2-2')]);
  assert.match(line(' us-west-2-2 '), /gone in 2m00s +EC2 needs the capacity/);
  time.passSeconds(30);
  await until(/gone in 1m30s/);
});

describe('the header', () => {
  test('counts what needs attention first, then what is done', async () => {
    const { lines } = await show([
      ...fleetOf(5),
      fails('us-west-2-4', 'no'),
      enters('us-west-2-5', 'booting'),
    ]);
    assert.match(lines()[1] ?? '', /✗ 1 failed {3}✓ 3 ready {3}○ 1 booting +5 nodes/);
  });

  test('sums the phases between start and end up where they do not fit', async () => {
    const phases = ['launching', 'booting', 'connecting', 'uploading', 'cloud-init'] as const;
    const { lines } = await show([
      ...fleetOf(9),
      ...phases.map((phase, index) => enters(`us-west-2-${index + 1}`, phase)),
    ]);
    assert.match(lines()[1] ?? '', /✓ 4 ready {3}○ 5 in work/);
  });

  test('stops its clock when all nodes have settled', async () => {
    const { lines, time } = await show([
      begins(),
      enters('us-west-2-1', 'booting', 1),
      enters('us-west-2-1', 'ready', 41),
    ]);
    time.passSeconds(500);
    assert.match(lines()[0] ?? '', / 41s$/);
  });
});

describe('the status line', () => {
  test('keeps its row while there is nothing to say, so that nothing moves', async () => {
    const { lines, press } = await show(fleetOf(2));
    assert.equal(lines().at(-2)?.trim(), '');
    assert.match(lines().at(-1) ?? '', /q quit/);
    await press('c');
    assert.match(lines().at(-2) ?? '', /configure sent/);
    assert.match(lines().at(-1) ?? '', /q quit/);
  });

  test('says the newest notice with its hint', async () => {
    const { screen } = await show([
      ...fleetOf(1),
      {
        event: 'notice',
        time: start,
        level: 'warning',
        message: 'us-west-2: no capacity',
        hint: 'add instance types',
      },
    ]);
    assert.match(screen(), /▲ us-west-2: no capacity → add instance types/);
  });

  test('forgets a warning after a minute, but not an error', async () => {
    const notice = (level: 'warning' | 'error'): FleetEvent => ({
      event: 'notice',
      time: start,
      level,
      message: 'us-west-2: no capacity',
    });
    const warned = await show([...fleetOf(1), notice('warning')]);
    warned.time.passSeconds(61);
    await warned.press('j');
    assert.doesNotMatch(warned.screen(), /no capacity/);
    const failed = await show([...fleetOf(1), notice('error')]);
    failed.time.passSeconds(61);
    await failed.press('j');
    assert.match(failed.screen(), /✗ us-west-2: no capacity/);
  });

  test('sums up in the end', async () => {
    const { screen } = await show([
      ...fleetOf(3),
      {
        event: 'summary',
        time: start,
        ready: 2,
        failed: 1,
        interrupted: 0,
        terminated: 0,
        elapsedSeconds: 71.4,
        apiCalls: 17,
      },
    ]);
    assert.match(screen(), /▲ 2 ready, 1 failed after 1m11s/);
  });
});

describe('the window', () => {
  for (const { columns, rows } of sizes) {
    for (const count of [0, 1, 30, 2000]) {
      test(`of ${columns}x${rows} is filled but never exceeded by ${count} nodes`, async () => {
        const { lines, width } = await show([begins(), ...fleetOf(count)], { columns, rows });
        assert.equal(lines().length, rows);
        assert.ok(width() <= columns, `${width()} columns`);
      });
    }
  }

  test('that is too small says so, and has the dashboard again once it has grown', async () => {
    const { screen, resize, until } = await show(fleetOf(3), { columns: 39, rows: 24 });
    assert.match(screen(), /This window is 39x24/);
    assert.match(screen().replaceAll('\n', ' '), /needs 40x10/);
    resize({ columns: 80, rows: 24 });
    await until('us-west-2-3');
    resize({ columns: 80, rows: 9 });
    await until('This window is 80x9');
    resize({ columns: 40, rows: 10 });
    await until('us-west-2-3');
  });

  test('of 12x3 is not exceeded by that message either', async () => {
    const { width, lines } = await show(fleetOf(3), { columns: 12, rows: 3 });
    assert.ok(width() <= 12);
    assert.ok(lines().length <= 3);
  });

  test('that shrinks keeps the selected node in view', async () => {
    const { press, selected, resize, until } = await show(fleetOf(60), { columns: 120, rows: 60 });
    await press('G');
    assert.equal(selected(), 'us-west-2-60');
    resize({ columns: 80, rows: 16 });
    await until(/of 60/);
    assert.equal(selected(), 'us-west-2-60');
  });
});

describe('longest values', () => {
  const name = 'ap-southeast-2-1000';
  const events = [
    enters(name, 'configuring', -99 * 24 * 3600),
    runsOn(name, {
      zone: 'ap-southeast-2-akl-1a',
      instanceType: 'u7inh-32tb.480xlarge',
      address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      sshPort: 65_535,
    }),
    logs(name, 'm'.repeat(100_000), 's'.repeat(300)),
    enters('us-west-2-1', 'ready'),
  ];
  for (const size of sizes) {
    test(`shift nothing at ${size.columns}x${size.rows}`, async () => {
      const { line, width, lines } = await show(events, size);
      const titles = line('NODE');
      const long = line('› ap-');
      const short = line('  us-west-2-1');
      assert.ok(width() <= size.columns);
      assert.equal(lines().length, size.rows);
      const column = titles.indexOf('PHASE');
      assert.equal(long.slice(column + 2, column + 13), 'configuring');
      assert.equal(short.slice(column + 2, column + 7), 'ready');
      assert.match(long, /1000 /, 'the number of the node is readable');
    });
  }
});

test('an address of IPv6 shows where it differs from its neighbours', async () => {
  const address = '2001:db8:85a3:8d3:1319:8a2e:370:7348';
  const events = [enters('us-west-2-1', 'ready'), runsOn('us-west-2-1', { address, sshPort: 22 })];
  const { line } = await show(events, { columns: 200, rows: 60 });
  assert.match(line('› us-west-2-1'), / 2001:db8:85[^ ]*…[^ ]*370:7348 /);
});

test('without Unicode everything is ASCII', async () => {
  const events = [
    begins(),
    ...fleetOf(8),
    enters('us-west-2-1', 'uploading'),
    {
      event: 'progress',
      time: start,
      node: 'us-west-2-1',
      phase: 'uploading',
      done: 1,
      total: 2,
    } as const,
    fails('us-west-2-2', 'x'.repeat(300)),
    degrades('us-west-2-3'),
    reclaims('us-west-2-4'),
    ends('us-west-2-5', 'terminated'),
    ends('us-west-2-6', 'terminating'),
    enters('us-west-2-7', 'pending'),
  ];
  const { screen, press, happen } = await show(events, {
    hasUnicode: false,
    columns: 120,
    rows: 40,
  });
  const onlyAscii = /^[\n -~]*$/;
  assert.match(screen(), onlyAscii);
  await press('g');
  assert.match(screen(), onlyAscii);
  for (const key of ['?', 'm']) {
    await press(key);
    assert.match(screen(), onlyAscii);
    await press('q');
  }
  for (const keys of ['b', '>', 'I', '/west', '\r', ' ', 'g']) {
    await press(keys);
    assert.match(screen(), onlyAscii);
  }
  await press('t');
  assert.match(screen(), /Terminate us-west-2-2\?/);
  assert.match(screen(), onlyAscii);
  await happen(logs('us-west-2-2', 'done'));
  assert.match(screen(), onlyAscii);
});

function degrades(node: string): FleetEvent {
  return { event: 'phase', time: start, node, phase: 'degraded', reason: 'sensor died', hint: 'c' };
}

function ends(node: string, phase: 'terminating' | 'terminated'): FleetEvent {
  return { event: 'phase', time: start, node, phase, reason: 'destroyed' };
}
