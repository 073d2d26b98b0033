import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { pipelinePhases } from '../../source/events/phase.ts';
import { finish, lines, type ProgramResult, User } from './program.ts';

const schema = async (name: string) => {
  const text = await readFile(`templates/${name}.schema.json`, 'utf8');
  const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  return new Ajv2020({ formats: { 'date-time': isoTime } }).compile(JSON.parse(text));
};

/** A fleet that one command makes and later commands work on, as a user would. */
suite('a fleet in the sandbox', () => {
  let user: User;
  let created: ProgramResult;

  before(async () => {
    user = await User.create();
    created = await user.run(['create', '--sandbox=fast', '--ci', '--json', '--count', '5']);
  });
  after(() => user.remove());

  test('create brings every node through every phase, in order, to ready', () => {
    assert.equal(created.status, 0, created.stderr);
    const events = lines(created.stdout);
    const summary = events.at(-1);
    assert.equal(summary?.event, 'summary');
    assert.deepEqual(
      [summary?.ready, summary?.failed, summary?.interrupted, summary?.terminated],
      [5, 0, 0, 0],
    );
    const nodes = new Set(events.flatMap(({ node }) => (typeof node === 'string' ? [node] : [])));
    assert.deepEqual([...nodes].sort(), [
      'eu-west-1-1',
      'us-east-1-1',
      'us-east-1-2',
      'us-west-2-1',
      'us-west-2-2',
    ]);
    for (const name of nodes) {
      assert.deepEqual(
        events
          .filter(({ event, node }) => event === 'phase' && node === name)
          .map(({ phase }) => phase),
        [...pipelinePhases],
      );
    }
    for (const { time } of events) assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('what is printed as JSON is as the shipped schemas say', async () => {
    const isEvent = await schema('events');
    for (const event of lines(created.stdout)) {
      assert.ok(isEvent(event), `${JSON.stringify(event)}: ${JSON.stringify(isEvent.errors)}`);
    }
    for (const command of ['list', 'doctor']) {
      const isAnswer = await schema(command);
      const { stdout } = await user.run([command, '--sandbox', '--json']);
      assert.ok(isAnswer(JSON.parse(stdout)), JSON.stringify(isAnswer.errors));
    }
  });

  test('what would be done is as the shipped schemas say, and they leave nothing out', async () => {
    for (const [command, name] of [
      ['create', 'plan'],
      ['destroy', 'destruction'],
    ] as const) {
      const isAnswer = await schema(name);
      const { status, stdout, stderr } = await user.run([
        command,
        '--sandbox',
        '--dry-run',
        '--json',
      ]);
      assert.equal(status, 0, stderr);
      const answer = JSON.parse(stdout);
      assert.equal(isAnswer(answer), true, JSON.stringify(isAnswer.errors));
      assert.equal(isAnswer({ ...answer, deployment: 7 }), false);
      const { properties } = JSON.parse(await readFile(`templates/${name}.schema.json`, 'utf8'));
      assert.deepEqual(Object.keys(answer).sort(), Object.keys(properties).sort());
      if (name === 'destruction') continue;
      for (const region of answer.regions) {
        const described = Object.keys(properties.regions.items.properties);
        assert.deepEqual(Object.keys(region).sort(), described.sort());
      }
    }
  });

  test('create again launches nothing and ends ready', async () => {
    const { status, stdout } = await user.run([
      'create',
      '--sandbox=fast',
      '--json',
      '--count',
      '5',
    ]);
    assert.equal(status, 0);
    const instances = (text: string) =>
      new Set(lines(text).flatMap(({ instanceId }) => instanceId ?? []));
    assert.deepEqual(instances(stdout), instances(created.stdout));
  });

  test('list shows the nodes, as a table and as JSON', async () => {
    const table = await user.run(['list', '--sandbox']);
    assert.equal(table.status, 0, table.stderr);
    assert.match(table.stdout, /^NODE +INSTANCE +ZONE +TYPE +STATE +ADDRESS +LAUNCHED +PRICE\/H\n/);
    assert.match(table.stdout, /^us-west-2-1 +i-[0-9a-f]{17} +us-west-2\w +t3\.medium +running /m);
    const json = await user.run(['list', '--sandbox', '--json', 'us-west-2-1']);
    const { deployment, nodes, totals } = JSON.parse(json.stdout);
    assert.equal(deployment, 'sandbox');
    assert.deepEqual(
      nodes.map((node: { node: string; state: string }) => [node.node, node.state]),
      [['us-west-2-1', 'running']],
    );
    const [{ lifecycle, pricePerHour }] = nodes;
    assert.equal(lifecycle, 'spot');
    assert.ok(pricePerHour > 0);
    assert.deepEqual(totals, { nodes: 1, onDemand: 0, pricePerHour, unpriced: 0 });
  });

  test('doctor finds every check of every node passed', async () => {
    const { status, stdout } = await user.run(['doctor', '--sandbox', '--json']);
    const { nodes } = JSON.parse(stdout);
    assert.equal(nodes.length, 5);
    for (const { ok, checks } of nodes) {
      assert.equal(ok, true, JSON.stringify(checks));
      assert.ok(checks.length >= 6);
    }
    assert.equal(status, 0);
  });

  test('configure on a healthy fleet ends ready', async () => {
    const { status, stdout } = await user.run(['configure', '--sandbox', '--json']);
    assert.equal(status, 0);
    assert.equal(lines(stdout).at(-1)?.ready, 5);
  });

  test('push of unchanged files ends ready', async () => {
    const { status, stdout } = await user.run(['push', 'us-west-2-1', '--sandbox', '--json']);
    assert.equal(status, 0);
    assert.equal(lines(stdout).at(-1)?.ready, 1);
  });

  test('exec shows nodes with the same output together', async () => {
    const { status, stdout } = await user.run(['exec', '--sandbox', '--', 'echo', 'hello']);
    assert.equal(status, 0);
    assert.match(stdout, /^── 5 nodes: .*us-west-2-1.*\nhello\n$/);
    const failing = await user.run(['exec', 'us-west-2-1', '--sandbox', '--', 'exit 3']);
    assert.equal(failing.status, 1);
    assert.match(failing.stdout, /us-west-2-1 \(exit status 3\)/);
  });

  test('logs tells how the node was configured', async () => {
    const { status, stdout } = await user.run(['logs', 'us-west-2-1', '--sandbox']);
    assert.equal(status, 0);
    assert.match(stdout, /^\d\d:\d\d:\d\d configure-services: installed \d+ files$/m);
  });

  test('ssh runs one command and ends with its status', async () => {
    const shell = await user.run(['ssh', 'us-west-2-1', '--sandbox', '--', 'echo $((40 + 2))']);
    assert.equal(shell.stdout, '42\n');
    assert.equal(shell.status, 0);
    const failing = await user.run(['ssh', 'us-west-2-1', '--sandbox', '--', 'exit 7']);
    assert.equal(failing.status, 7);
  });

  test('a node that does not exist is named, with those that do', async () => {
    const { status, stderr } = await user.run(['doctor', 'us-west-2-9', '--sandbox']);
    assert.equal(status, 2);
    assert.match(stderr, /no node is called us-west-2-9\n.*us-west-2-1/);
  });

  test('destroy asks, and without anybody to ask changes nothing', async () => {
    const { status, stderr } = await user.run(['destroy', '--sandbox']);
    assert.equal(status, 2);
    assert.match(stderr, /nobody to ask.*\n.*--yes/);
    const { stdout } = await user.run(['list', '--sandbox', '--json']);
    assert.equal(JSON.parse(stdout).nodes.length, 5);
  });

  test('one node can go alone', async () => {
    const { status, stdout } = await user.run([
      'destroy',
      'eu-west-1-1',
      '--sandbox',
      '--yes',
      '--json',
    ]);
    assert.equal(status, 0);
    assert.deepEqual(
      lines(stdout)
        .filter(({ event }) => event === 'phase')
        .map(({ node, phase }) => [node, phase]),
      [
        ['eu-west-1-1', 'terminating'],
        ['eu-west-1-1', 'terminated'],
      ],
    );
  });

  test('destroy terminates the rest, cleans up, and the sandbox goes with them', async () => {
    const { status, stdout } = await user.run(['destroy', '--sandbox', '--yes', '--json']);
    assert.equal(status, 0);
    assert.equal(lines(stdout).at(-1)?.terminated, 4);
    assert.match(stdout, /removed .*security group/i);
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { stdout: state } = await user.run(['sandbox', 'status', '--json']);
      if (JSON.parse(state).running === false) break;
      assert.ok(Date.now() < deadline, `the sandbox still runs: ${state}`);
      await sleep(500);
    }
  });
});

test('nothing to destroy is said, and is no failure', async () => {
  const user = await User.create();
  try {
    const { status, stdout, stderr } = await user.run(['destroy', '--sandbox=fast', '--ci']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Nothing to destroy/);
  } finally {
    await user.remove();
  }
});

test('an interrupted create says how to go on, and what it launched is still there', async () => {
  const user = await User.create();
  try {
    const child = user.start(['create', '--sandbox', '--ci', '--json']);
    const ended = finish(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        if (String(chunk).includes('"phase":"booting"')) resolve();
      });
    });
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130);
    assert.match(
      stderr.trimEnd(),
      /what runs keeps running.*spot-tui --sandbox.*destroy --sandbox/,
    );
    // EC2 takes a moment to show what it launched.
    const deadline = Date.now() + 20_000;
    for (let found = 0; found === 0; ) {
      const { stdout } = await user.run(['list', '--sandbox', '--json']);
      found = JSON.parse(stdout).nodes.length;
      assert.ok(found > 0 || Date.now() < deadline, 'what was launched never appeared');
    }
  } finally {
    await user.remove();
  }
});

test('capacity that is refused fails the region’s nodes with EC2’s reason', async () => {
  const user = await User.create();
  try {
    assert.equal(
      (await user.run(['create', '--sandbox=fast', '--json', '--count', '1'])).status,
      0,
    );
    await user.run(['sandbox', 'fault', 'refuse-capacity']);
    const { status, stdout } = await user.run(['create', '--sandbox', '--json', '--count', '2']);
    assert.equal(status, 1);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.node, 'us-east-1-1');
    assert.equal(failed?.failedPhase, 'launching');
    assert.match(String(failed?.reason), /no Spot capacity.*InsufficientInstanceCapacity/);
    assert.equal(lines(stdout).at(-1)?.ready, 1);
  } finally {
    await user.remove();
  }
});

test('a run is recorded, and its recording can be played', async () => {
  const user = await User.create();
  try {
    const { stdout } = await user.run(['create', '--sandbox=fast', '--json', '--count', '1']);
    const { readdir } = await import('node:fs/promises');
    const folder = path.join(user.home, '.local/state/spot-tui/runs/sandbox');
    const [recording] = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
    const file = path.join(folder, recording ?? '');
    assert.equal(await readFile(file, 'utf8'), stdout);
    const replayed = await user.run(['replay', file, '--json']);
    assert.equal(replayed.stdout, stdout);
    assert.equal(replayed.status, 0);
  } finally {
    await user.remove();
  }
});
