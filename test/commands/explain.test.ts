import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { topics } from '../../source/events/topic.ts';
import { finish, hasTerminals, User } from './program.ts';

/** In a folder without a configuration, with nothing that leads to AWS. */
suite('explain', () => {
  let user: User;

  before(async () => {
    user = await User.create();
  });
  after(() => user.remove());

  const explain = async (...words: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await user.run(['explain', ...words]);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    return stdout;
  };

  test('lists every topic with what it is about', async () => {
    const lines = (await explain()).split('\n');
    for (const [topic, title] of Object.entries(topics)) {
      assert.ok(
        lines.some((line) => line.startsWith(`${topic} `) && line.endsWith(`  ${title}`)),
        topic,
      );
    }
    const json = JSON.parse(await explain('--json')) as { topics: { topic: string }[] };
    assert.deepEqual(
      json.topics.map(({ topic }) => topic),
      Object.keys(topics),
    );
  });

  test('says where to read on by commands, and where the pages are', async () => {
    const text = await explain('containers');
    assert.match(text, /mend that \(`spot-tui explain services`\)/);
    assert.match(text, /^More in configuration\.md: \/.*\/docs$/m);
    assert.match(
      await explain('phases'),
      /`cloud-init`\n {2}what happens {3}the image is prepared\n/,
    );
  });

  test('takes a phase, a check or a heading’s anchor for the topic that it is about', async () => {
    const titleOf = async (word: string) => (await explain(word)).split('\n', 1)[0];
    assert.equal(await titleOf('verifying'), topics.checks);
    assert.equal(await titleOf('terminated'), topics.interrupted);
    assert.equal(await titleOf('docker'), topics.containers);
    assert.equal(await titleOf('sensor.service'), topics.services);
    assert.equal(await titleOf('the-host-key-is-not-trusted'), topics['host-key']);
  });

  test('gives programs topic, title and text', async () => {
    const section = JSON.parse(await explain('disk', '--json')) as Record<string, string>;
    assert.deepEqual(Object.keys(section), ['topic', 'title', 'text']);
    assert.equal(section.title, topics.disk);
    assert.equal(`${section.text}\n`, await explain('disk'));
  });

  test('asks what was meant by a word that is no topic', async () => {
    const { status, stdout, stderr } = await user.run(['explain', 'servces']);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      'spot-tui: there is no topic servces\n  Did you mean `spot-tui explain services`? `spot-tui explain` lists the topics.\n',
    );
    assert.match((await user.run(['explain', 'xyzzy'])).stderr, /no topic xyzzy\n {2}`spot-tui/);
  });

  test('has colour in a terminal, in its width, unless NO_COLOR is set', async (context) => {
    if (!hasTerminals) return context.skip('no script of util-linux');
    const { stdout: coloured } = await finish(user.startInTerminal(['explain', 'ssh']));
    assert.match(coloured, /^\u001B\[1mThe node does not answer SSH\u001B\[22m\r\n/);
    assert.match(coloured, /\u001B\[1mWhy\u001B\[22m It is still booting/);
    assert.match(coloured, /\u001B\[36mspot-tui list\u001B\[39m/);
    const visible = coloured.replaceAll(/\u001B\[\d+m/g, '').split('\r\n');
    const widths = visible.filter((line) => !line.includes(' /')).map((line) => line.length);
    assert.ok(Math.max(...widths) <= 100 && Math.max(...widths) > 80, `${Math.max(...widths)}`);
    const environment = { NO_COLOR: '1' };
    const plain = await finish(user.startInTerminal(['explain', 'ssh'], { environment }));
    assert.doesNotMatch(plain.stdout, /\u001B/);
    assert.match(plain.stdout, /^WHY It is still booting/m);
  });
});
