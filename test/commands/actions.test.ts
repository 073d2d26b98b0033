import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parseXml } from '../reporters/parse-xml.ts';
import { lines, User } from './program.ts';

/** What is asked of a fleet on the command line, and what is left of it for others to read. */
suite('actions from the command line', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    await user.write(
      'config.yaml',
      [
        'deployment: fleet',
        'settle_time: 1s',
        'aws: {total_instances: 3, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    const created = await user.run(['create', '--sandbox=fast', '--json']);
    assert.equal(created.status, 0, created.stderr + created.stdout);
  });
  after(() => user.remove());

  test('a push step by step ends at a canary that fails, and says what it left alone', async () => {
    const folder = '/opt/uploaded_files/config';
    const block = `sudo -n sh -c 'rm -rf ${folder} && touch ${folder}'`;
    await user.run(['exec', 'us-west-2-1', '--sandbox', '--', block]);
    await user.write('config/added.txt', 'hello\n');
    const words = ['push', '--sandbox', '--json', '--canary', '1', '--batch', '2'];
    const { status, stdout } = await user.run([...words, '--junit', 'push.xml']);
    assert.equal(status, 1);
    const events = lines(stdout);
    assert.match(String(events.find(({ event }) => event === 'fleet')?.by), /^[^@]+@[^@]+$/);
    const told = events.filter(({ event }) => event === 'action');
    assert.deepEqual(
      told.map(({ id, state }) => [id, state]),
      [
        [1, 'started'],
        [1, 'done'],
      ],
    );
    assert.equal(told[0]?.detail, 'first 1 as a canary, then 2 at a time, until 1 failed');
    const results = events.filter(
      ({ event, status: is }) => event === 'action-result' && is !== 'running',
    );
    assert.deepEqual(
      results.map(({ node, status: is }) => [node, is]),
      [
        ['us-west-2-1', 'failed'],
        ['us-west-2-2', 'skipped'],
        ['us-west-2-3', 'skipped'],
      ],
    );
    assert.equal(results[1]?.detail, 'not begun: the canary us-west-2-1 failed');
    assert.equal(events.at(-1)?.event, 'summary');
    // Nothing failed on those that were left alone, whatever reads it.
    const [reported] = parseXml(
      await readFile(path.join(user.folder, 'push.xml'), 'utf8'),
    ).children;
    assert.deepEqual(
      reported?.children
        .filter(({ name }) => name === 'testcase')
        .map(({ attributes, children: [verdict] }) => [attributes.name, verdict?.name]),
      [
        ['us-west-2-1', 'failure'],
        ['us-west-2-2', 'skipped'],
        ['us-west-2-3', 'skipped'],
      ],
    );
    assert.deepEqual([events.at(-1)?.failed, events.at(-1)?.ready], [1, 0]);
  });

  test('a bound on failures where all are begun with at once is a mistake', async () => {
    const { status, stderr } = await user.run(['push', '--sandbox', '--max-failures', '2']);
    assert.equal(status, 2);
    assert.match(stderr, /--max-failures comes too late.*\n.*--batch/);
  });

  test('exec prints more than the events keep, and the fleet’s past knows who ran what', async () => {
    const words = ['exec', 'us-west-2-2', 'us-west-2-3', '--sandbox', '--'];
    const { status, stdout } = await user.run([...words, 'seq 700']);
    assert.equal(status, 0);
    assert.match(stdout, /^── 2 nodes: us-west-2-2, us-west-2-3\n1\n2\n(?:\d+\n)*700\n$/);
    const past = await user.run(['history', '--sandbox']);
    assert.match(past.stdout, /exec.*seq 700|seq 700/);
  });

  test('exec asks EC2 once which nodes there are, and then leaves it alone', async () => {
    await user.run(['exec', 'us-west-2-2', '--sandbox', '--', 'sleep 2']);
    const folder = path.join(user.home, '.local/state/spot-tui/runs/fleet@sandbox');
    const newest = (await readdir(folder))
      .filter((name) => name.includes('exec'))
      .toSorted()
      .at(-1);
    const recorded = lines(await readFile(path.join(folder, newest ?? ''), 'utf8'));
    assert.equal(recorded.at(-1)?.apiCalls, 1);
  });
});
