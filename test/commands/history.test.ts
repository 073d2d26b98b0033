import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { finish, lines, printed, User } from './program.ts';

const schema = JSON.parse(await readFile('templates/history.schema.json', 'utf8'));

const isDescribed = new Ajv2020({
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
}).compile(schema);

/** Fails unless a line is as the shipped schema says. */
const assertDescribed = (line: unknown) =>
  assert.ok(isDescribed(line), `${JSON.stringify(line)}: ${JSON.stringify(isDescribed.errors)}`);

/** Two nodes, of which one is destroyed: what is known of it is what was recorded. */
suite('the past of a fleet', () => {
  let user: User;
  let runs: string;
  const secret = 'swordfish-4711';

  const running = async (): Promise<unknown> =>
    JSON.parse((await user.run(['sandbox', 'status', '--json'])).stdout).running;

  before(async () => {
    user = await User.create();
    runs = path.join(user.home, '.local/state/spot-tui/runs/sandbox');
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '2'], {
      environment: { AWS_SECRET_ACCESS_KEY: secret, MY_PASSWORD: secret },
    });
    assert.equal(created.status, 0, created.stdout + created.stderr);
  });
  after(() => user.remove());

  test('logs of several nodes come in order of time, each line with its node', async () => {
    for (const words of [['us-west-2-1', 'us-east-1-1'], ['--all']]) {
      const { status, stdout } = await user.run(['logs', ...words, '--sandbox']);
      assert.equal(status, 0);
      const printed = stdout.trimEnd().split('\n');
      for (const node of ['us-west-2-1', 'us-east-1-1']) {
        const own = printed.filter((line) => line.slice(9).startsWith(`${node}  `));
        assert.ok(own.some((line) => /configure-services: installed \d+ files/.test(line)));
      }
      const times = printed.map((line) => line.slice(0, 8));
      assert.deepEqual(times, times.toSorted());
    }
  });

  test('several nodes are followed at once', async () => {
    const child = user.start(['logs', '--all', '--follow', '--sandbox', '--json', '--lines', '5']);
    const ended = finish(child);
    const heard = new Set<unknown>();
    await new Promise<void>((resolve) => {
      let text = '';
      child.stdout?.on('data', (chunk) => {
        text += chunk;
        for (const { node } of lines(text.slice(0, text.lastIndexOf('\n') + 1))) heard.add(node);
        if (heard.size === 2) resolve();
      });
      child.on('close', () => resolve());
    });
    child.kill('SIGINT');
    assert.equal((await ended).status, 130);
    assert.deepEqual([...heard].sort(), ['us-east-1-1', 'us-west-2-1']);
  });

  test('a run goes on until it has ended, or was killed, and can be played all the same', async () => {
    const state = async () => {
      const { stdout } = await user.run(['history', '--runs', '--sandbox', '--json']);
      return lines(stdout).map(({ command, state: each }) => `${command} ${each}`);
    };
    const child = user.start(['--sandbox', '--watch', '--json']);
    const ended = finish(child);
    await printed(child, '"phase":"ready"');
    assert.deepEqual(await state(), ['create ended', 'attach ongoing']);
    child.kill('SIGKILL');
    const { stdout } = await ended;
    assert.deepEqual(await state(), ['create ended', 'attach cut short']);
    const replayed = await user.run(['replay', '--sandbox', '--json']);
    assert.equal(replayed.status, 0);
    assert.equal(replayed.stderr, '');
    assert.deepEqual(lines(replayed.stdout)[0], lines(stdout)[0]);
  });

  test('of a node that is gone what was recorded is printed, and that it is no more', async () => {
    const destroyed = await user.run(['destroy', 'us-west-2-1', '--sandbox', '--yes', '--ci']);
    assert.equal(destroyed.status, 0, destroyed.stderr);
    const gone = await user.run(['logs', 'us-west-2-1', '--sandbox']);
    assert.equal(gone.status, 0, gone.stderr);
    assert.match(gone.stdout, /^\d\d:\d\d:\d\d configure-services: installed \d+ files$/m);
    assert.match(
      gone.stderr,
      /^us-west-2-1 is gone\. What was recorded of it, in .*the (?:create|attach) of /,
    );

    const both = await user.run(['logs', 'us-west-2-1', 'us-east-1-1', '--sandbox', '--json']);
    assert.equal(both.status, 0);
    const nodes = new Set(lines(both.stdout).map(({ node }) => node));
    assert.deepEqual([...nodes].sort(), ['us-east-1-1', 'us-west-2-1']);

    const one = await user.run([
      ...['logs', 'us-west-2-1', '--sandbox', '--unit', 'configure-services.service'],
      ...['--lines', '2', '--json'],
    ]);
    assert.deepEqual(
      lines(one.stdout).map(({ source }) => source),
      ['configure-services', 'configure-services'],
    );
  });

  test('a node that never was is refused', async () => {
    const { status, stderr } = await user.run(['logs', 'us-west-2-9', '--sandbox']);
    assert.equal(status, 2);
    assert.match(stderr, /no node is called us-west-2-9\n.*us-east-1-1/);
  });

  test('with everything gone the past is still there, and nothing is contacted for it', async () => {
    const list = await user.run(['list', '--sandbox', '--json']);
    const [left] = JSON.parse(list.stdout).nodes;
    await user.run(['sandbox', 'stop']);

    for (const word of ['us-east-1-1', left.instanceId]) {
      const { status, stdout, stderr } = await user.run([
        ...['logs', word, '--sandbox', '--recorded', '--lines', '5'],
      ]);
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trimEnd().split('\n').length, 5);
      assert.match(stderr, /recorded in .*the (?:create|attach) of /);
    }
    const all = await user.run(['logs', '--all', '--recorded', '--sandbox']);
    assert.match(all.stdout, /^\S+ us-east-1-1 {2}/m);
    assert.match(all.stdout, /^\S+ us-west-2-1 {2}/m);
    const unknown = await user.run(['logs', 'us-west-2-9', '--sandbox', '--recorded']);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /nothing was recorded of us-west-2-9\n.*us-east-1-1, us-west-2-1/);
    assert.equal(await running(), false);
  });

  test('the past can’t be followed', async () => {
    const words = ['logs', 'us-west-2-1', '--sandbox', '--recorded', '--follow'];
    const { status, stderr } = await user.run(words);
    assert.equal(status, 2);
    assert.match(stderr, /--recorded has nothing to follow/);
  });

  test('history tells it in order, for people and for programs', async () => {
    const { status, stdout } = await user.run(['history', '--sandbox']);
    assert.equal(status, 0);
    for (const line of [
      /^[-\d]+ [:\d]+ {2}sandbox +create +2 nodes.*, ended with 2 ready$/m,
      /^[-\d]+ [:\d]+ {2}us-west-2-1 +launched +i-[0-9a-f]+, \S+ in us-west-2[a-z]$/m,
      /^[-\d]+ [:\d]+ {2}us-west-2-1 +terminated +asked for here$/m,
    ]) {
      assert.match(stdout, line);
    }
    const printed = stdout.trimEnd().split('\n');
    assert.match(printed.at(-1) ?? '', /terminated/);

    const json = await user.run(['history', '--sandbox', '--json']);
    const entries = lines(json.stdout);
    assert.equal(entries.length, printed.length);
    for (const entry of entries) assertDescribed(entry);
    const last = await user.run(['history', '--sandbox', '--json', '--lines', '1']);
    assert.deepEqual(lines(last.stdout), entries.slice(-1));
    assert.equal(await running(), false);
  });

  test('the recorded runs are listed, and replay plays any of them', async () => {
    const listed = await user.run(['history', '--runs', '--sandbox']);
    assert.match(listed.stdout, /^3 .*create.* 2 ready +\/.*\.ndjson$/m);
    assert.match(listed.stdout, /^1 .*destroy.* 1 terminated +\/.*\.ndjson$/m);
    const json = await user.run(['history', '--runs', '--sandbox', '--json']);
    const [create, attach, destroy] = lines(json.stdout);
    assert.equal(attach?.command, 'attach');
    for (const each of lines(json.stdout)) assertDescribed(each);
    assert.deepEqual([create?.command, destroy?.command], ['create', 'destroy']);

    const play = async (...words: readonly string[]) => {
      const { status, stdout, stderr } = await user.run([
        ...['replay', ...words, '--sandbox', '--json'],
      ]);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    const newest = await play();
    assert.equal(lines(newest)[0]?.command, 'destroy');
    assert.equal(await play('1'), newest);
    const first = await play('3');
    assert.equal(lines(first)[0]?.command, 'create');
    const id = String(create?.run);
    const file = path.join(runs, `${id}.ndjson`);
    assert.deepEqual(create?.files, [file]);
    for (const word of [id, id.slice(0, 23), id.replace(/^.*Z-/, ''), file]) {
      assert.equal(await play(word), first, word);
    }

    const unknown = await user.run(['replay', '4', '--sandbox']);
    assert.equal(unknown.status, 2);
    assert.match(
      unknown.stderr,
      /4 is no recorded run.*\n.*1 \(destroy, .*2 \(attach, .*3 \(create, /,
    );
  });

  test('events that this version does not know are passed over, and counted', async () => {
    const event =
      '{"time":"2026-11-24T05:12:33Z","event":"notice","level":"info","message":"hello"}';
    const later = '{"time":"2026-11-24T05:12:33Z","event":"party","guests":3}';
    await user.write('later.ndjson', `${later}\n${event}\n${later}\n${later.slice(0, 40)}`);
    const { status, stdout, stderr } = await user.run(['replay', 'later.ndjson', '--ci']);
    assert.equal(status, 0);
    assert.match(stdout, /hello/);
    assert.match(stderr, /^warning: 2 events of later\.ndjson are of a kind .* does not know$/m);
    assert.doesNotMatch(stderr, /are no events/);
  });

  test('a deployment without a past says so', async () => {
    await user.write('other.yaml', 'deployment: other\nregions: [us-west-2]\n');
    for (const words of [['history'], ['history', '--runs']]) {
      const { status, stdout, stderr } = await user.run([...words, '--config', 'other.yaml']);
      assert.equal(status, 0);
      assert.equal(stdout, '');
      assert.match(stderr, /Nothing is recorded of other/);
    }
    const replay = await user.run(['replay', '--config', 'other.yaml']);
    assert.equal(replay.status, 2);
    assert.match(replay.stderr, /nothing is recorded/);
  });

  test('recordings are their owner’s alone, and hold no secrets', async () => {
    assert.equal((await stat(runs)).mode & 0o777, 0o700);
    for (const name of await readdir(runs)) {
      const file = path.join(runs, name);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const text = await readFile(file, 'utf8');
      assert.doesNotMatch(text, /PRIVATE KEY/);
      assert.ok(!text.includes(secret));
    }
  });
});
