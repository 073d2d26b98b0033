import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { finish, hasTerminals, User } from './program.ts';

suite('with a screen reader', { skip: !hasTerminals && 'needs script of util-linux' }, () => {
  let user: User;
  before(async () => {
    user = await User.create();
  });
  after(() => user.remove());

  test('a terminal gets sentences, and nothing that moves or is drawn', async () => {
    const child = user.startInTerminal([
      'create',
      '--sandbox=fast',
      '--count',
      '1',
      '--screen-reader',
    ]);
    const { status, stdout } = await finish(child);
    assert.equal(status, 0, stdout);
    assert.equal(stripVTControlCharacters(stdout), stdout, 'no sequences at all');
    const lines = stdout.trimEnd().split('\r\n');
    assert.match(lines[0] ?? '', /^sandbox: create, 1 node in .+\.$/);
    assert.ok(lines.some((line) => /^\S+-1 is the first in connecting/.test(line)));
    assert.ok(lines.some((line) => /^\S+-1 is ready after \d+ s\. 1 of 1 ready\.$/.test(line)));
    assert.match(lines.at(-1) ?? '', /^Summary: 1 ready after /);
  });

  test('so it does where the variable of Ink says so', async () => {
    const environment = { ...user.environment, INK_SCREEN_READER: 'true' };
    const hearing = Object.defineProperty(user, 'environment', { value: environment });
    const { status, stdout } = await finish(hearing.startInTerminal(['--sandbox']));
    assert.equal(status, 0, stdout);
    assert.equal(stripVTControlCharacters(stdout), stdout);
    assert.match(stdout, /^\S+-1 is ready/m);
  });

  test('a question can be answered there', async () => {
    const child = user.startInTerminal(['destroy', '--sandbox', '--screen-reader']);
    const ended = finish(child);
    child.stdin?.write('yes\n');
    const { status, stdout } = await ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Terminate \S+-1\?/);
    assert.match(stdout, /\S+-1 is terminated/);
  });
});
