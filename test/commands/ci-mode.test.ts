import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parseXml, type XmlNode } from '../reporters/parse-xml.ts';
import { finish, lines, printed, User } from './program.ts';

/** What a CI server is told of a fleet of two nodes, to which a third can't be added. */
suite('CI mode', () => {
  let user: User;
  const three = ['create', '--sandbox', '--count', '3'];

  before(async () => {
    user = await User.create();
    const words = ['create', '--sandbox=fast', '--ci', '--count', '2'];
    const created = await user.run([...words, '--junit', 'reports/create.xml']);
    assert.equal(created.status, 0, created.stdout + created.stderr);
    await user.run(['sandbox', 'fault', 'refuse-capacity']);
  });
  after(() => user.remove());

  const read = (name: string) => readFile(path.join(user.folder, name), 'utf8');

  const verdicts = async (name: string): Promise<(string | undefined)[][]> => {
    const [suiteNode] = parseXml(await read(name)).children;
    return (suiteNode?.children ?? [])
      .filter((child: XmlNode) => child.name === 'testcase')
      .map(({ attributes, children: [verdict] }) => [attributes.name, verdict?.name]);
  };

  const github = async (name: string): Promise<NodeJS.ProcessEnv> => {
    await user.write(name, '');
    const file = path.join(user.folder, name);
    return { GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_STEP_SUMMARY: file };
  };

  test('the JUnit report of a good run has a test case for each node', async () => {
    assert.deepEqual(await verdicts('reports/create.xml'), [
      ['us-west-2-1', undefined],
      ['us-east-1-1', undefined],
    ]);
  });

  test('GitHub gets an annotation and a summary, the log ends with what is not ready', async () => {
    const environment = await github('summary.md');
    const { status, stdout } = await user.run(
      [...three, '--min-ready', '3', '--junit', 'refused.xml'],
      {
        environment,
      },
    );
    assert.equal(status, 1);
    assert.match(stdout, /^::error title=eu-west-1-1 failed in launching::.*no Spot capacity/m);
    assert.match(stdout, / error +2 of 3 nodes are ready: not enough for --min-ready 3$/m);
    const [header, row, more, recorded, summary] = stdout.trimEnd().split('\n').slice(-5);
    assert.match(header ?? '', / not ready +NODE +PHASE +INSTANCE +REASON$/);
    assert.match(row ?? '', / not ready +eu-west-1-1 +failed +- +in launching: .*no Spot capacity/);
    assert.match(more ?? '', / more +spot-tui explain capacity$/);
    assert.match(summary ?? '', / summary +2 ready, 1 failed after /);
    const file = / recorded +(.*)$/.exec(recorded ?? '')?.[1] ?? '';
    assert.ok((await readdir(path.dirname(file))).includes(path.basename(file)), file);
    assert.match(await read('summary.md'), /^\| ❌ \| eu-west-1-1 \| failed \|/m);
    assert.match(await read('summary.md'), /^More: `spot-tui explain capacity`$/m);
    assert.match(await read('summary.md'), /^\| ✅ \| us-west-2-1 \| ready \| i-[0-9a-f]{17} \|/m);
    assert.deepEqual((await verdicts('refused.xml')).toSorted(), [
      ['eu-west-1-1', 'error'],
      ['us-east-1-1', undefined],
      ['us-west-2-1', undefined],
    ]);
  });

  test('--min-ready is content with enough, and --json leaves annotations to stderr', async () => {
    const environment = await github('json.md');
    const { status, stderr, stdout } = await user.run([...three, '--json', '--min-ready', '2'], {
      environment,
    });
    assert.equal(status, 0, stdout);
    const [notice, summary] = lines(stdout).slice(-2);
    assert.equal(notice?.message, '2 of 3 nodes are ready: enough for --min-ready 2');
    assert.deepEqual([summary?.ready, summary?.failed], [2, 1]);
    assert.match(stderr, /^::error title=eu-west-1-1 failed in launching::/m);
    assert.match(await read('json.md'), /^\| ❌ \| eu-west-1-1 \| failed \|/m);
  });

  test('--fail-fast ends with the first failure, and its last line is the way back', async () => {
    const { status, stderr, stdout } = await user.run([...three, '--ci', '--fail-fast']);
    assert.equal(status, 1);
    const [first, unfinished, last] = stderr.trimEnd().split('\n').slice(-3);
    assert.match(first ?? '', /^spot-tui: --fail-fast: eu-west-1-1 failed in launching: /);
    assert.match(unfinished ?? '', /^ {2}(?:Unfinished: us-|No other node was unfinished)/);
    assert.match(last ?? '', /Attach with `spot-tui --sandbox`, end it with `spot-tui destroy/);
    assert.match(stdout.trimEnd().split('\n').at(-1) ?? '', / summary /);
  });

  test('what can’t be met or written is refused before anything is done', async () => {
    const refusals: (readonly [words: readonly string[], reason: RegExp])[] = [
      [[...three, '--min-ready', '4'], /--min-ready 4 is more than the 3 nodes/],
      [['configure', '--sandbox', '--min-ready', '3'], /--min-ready 3 is more than the 2 nodes/],
      [[...three, '--junit', '/dev/null/x.xml'], /--junit: \/dev\/null\/x\.xml can't be written: /],
      [[...three, '--dry-run', '--junit', 'plan.xml'], /--junit reports what became of nodes/],
    ];
    const environment = { GITHUB_ACTIONS: 'true' };
    await Promise.all(
      refusals.map(async ([words, reason]) => {
        const { status, stderr, stdout } = await user.run([...words, '--ci'], { environment });
        assert.equal(status, 2, stdout);
        assert.match(stderr, /^::error title=spot-tui::--/);
        assert.match(stderr, reason);
        assert.equal(stdout, '');
      }),
    );
  });

  test('nodes that a command is not about are skipped in its report', async () => {
    const words = ['configure', 'us-west-2-1', '--sandbox', '--ci', '--junit', 'one.xml'];
    assert.equal((await user.run(words)).status, 0);
    assert.deepEqual(await verdicts('one.xml'), [
      ['us-west-2-1', undefined],
      ['us-east-1-1', 'skipped'],
    ]);
  });

  test('a hint in a report is about the same deployment as the command', async () => {
    await user.write('empty.yaml', 'deployment: empty\nregions: [us-west-2]\n');
    const words = ['configure', 'us-west-2-1', '--sandbox', '--config', 'empty.yaml'];
    assert.equal((await user.run([...words, '--junit', 'empty.xml'])).status, 2);
    assert.match(
      await read('empty.xml'),
      /has no nodes: `spot-tui create --sandbox --config empty\.yaml` makes them/,
    );
  });

  test('doctor adds up, and a hint is a command line about the same deployment', async () => {
    await user.write('other.yaml', 'deployment: other\nregions: [us-west-2]\n');
    const [doctor, list] = await Promise.all([
      user.run(['doctor', '--sandbox']),
      user.run(['list', '--sandbox', '--config', 'other.yaml']),
    ]);
    assert.match(doctor.stdout, /\n2 nodes: 2 ok, 0 with failed checks\n$/);
    assert.equal(
      list.stdout,
      'other has no nodes. `spot-tui create --sandbox --config other.yaml` makes them.\n',
    );
  });

  test('a signal and the end of the time are reported', async () => {
    const attach = ['--sandbox', '--watch', '--json', '--junit'];
    const child = user.start([...attach, 'signal.xml']);
    const interrupted = finish(child);
    const overdue = user.run([...attach, 'time.xml', '--timeout', '1s']);
    await printed(child, '"phase":"ready"');
    child.kill('SIGTERM');
    assert.equal((await interrupted).status, 143);
    assert.deepEqual((await verdicts('signal.xml')).at(-1), ['attach', 'error']);
    assert.match(await read('signal.xml'), /type="InterruptedError"/);
    assert.equal((await overdue).status, 1);
    assert.match(await read('time.xml'), /message="not done after 1s" type="CommandTimeoutError"/);
  });

  test('in GitHub Actions no output of a node is a command', async () => {
    const environment = await github('exec.md');
    const says = "printf '::set-env name=A::b\\n  ::stop-commands::x\\nx ##[add-path]/tmp\\n'";
    const command = ['us-west-2-1', '--sandbox', '--', says];
    const [text, json, elsewhere] = await Promise.all([
      user.run(['exec', ...command], { environment }),
      user.run(['exec', '--json', ...command], { environment }),
      user.run(['exec', ...command]),
    ]);
    assert.equal(
      text.stdout,
      '── us-west-2-1\n: :set-env name=A::b\n  : :stop-commands::x\nx ## [add-path]/tmp\n',
    );
    assert.doesNotMatch(json.stdout, /##\[/);
    assert.match(JSON.parse(json.stdout).nodes[0].output, /##\[add-path\]/);
    assert.match(elsewhere.stdout, /^::set-env name=A::b$/m);
  });
});
