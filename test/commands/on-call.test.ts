import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { User } from './program.ts';
import { hasTmux, Tmux } from './tmux.ts';

/**
 * Somebody who has never seen this fleet is woken up: thirty nodes, three of them in trouble, each
 * in another way. All that is known comes from the screen.
 */
suite('on call', { skip: !hasTmux && 'needs tmux' }, () => {
  let user: User;
  let tmux: Tmux;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '30']);
    assert.equal(created.status, 0, `${created.stdout}${created.stderr}`);
    for (const fault of [
      ['stop-service', 'us-west-2-3'],
      ['fill-disk', 'us-east-1-2'],
      ['reclaim', 'eu-west-1-4'],
    ]) {
      const { status, stderr } = await user.run(['sandbox', 'fault', ...fault]);
      assert.equal(status, 0, stderr);
    }
    tmux = await Tmux.open(user, { columns: 120, rows: 40 });
  });
  after(async () => {
    await tmux?.close();
    await user.remove();
  });

  const nameOf = (row: string): string | undefined => /[a-z]+-[a-z]+-\d-\d+/.exec(row)?.[0];

  /** The row of the table that the cursor is on. */
  const current = (screen: string): string =>
    screen.split('\n').find((line) => line.startsWith('›')) ?? '';

  /** Presses `n` until the cursor is on a node. */
  const goTo = async (node: string) => {
    for (let count = 0; count < 4; count++) {
      const before = current(await tmux.screen());
      if (before.includes(node)) return;
      await tmux.press('n');
      await tmux.until((screen) => nameOf(current(screen)) !== nameOf(before));
    }
    assert.fail(`n never came to ${node}:\n${await tmux.screen()}`);
  };

  /** Closes what is open, and waits for the table below. */
  const closePopup = async () => {
    await tmux.press('Escape');
    await tmux.until((screen) => !screen.includes('Esc closes'));
  };

  /** Goes back from a screen to the table. */
  const goBack = async () => {
    await tmux.press('q');
    await tmux.until(/^ {2}NODE .* PHASE/m);
  };

  test('attaching shows within seconds what is wrong, and that it is little', async () => {
    await tmux.type(user.shellCommand(['--sandbox']));
    await tmux.press('Enter');
    const screen = await tmux.until(/2 failed {3}◆ 1 interrupted {3}✓ 27 ready/);
    const rows = screen.split('\n').filter((line) => /^[› ] [a-z]+-[a-z]+-\d-\d/.test(line));
    const troubled = rows.slice(0, 3).map(nameOf);
    assert.deepEqual(troubled, ['eu-west-1-4', 'us-east-1-2', 'us-west-2-3'], screen);
    assert.match(screen, /30 nodes in 3 regions/);
    assert.match(screen, /e cause/);
  });

  test('a node that EC2 takes is replaced before it is gone', async () => {
    await goTo('eu-west-1-4');
    await tmux.press('e');
    const cause = await tmux.until(/R replaces it[\s\S]*Esc closes/);
    assert.match(cause, /EC2 takes the spot instance back/);
    assert.match(cause, /gone in/);
    await closePopup();
    await tmux.press('R');
    await tmux.until(/Replace eu-west-1-4\?/);
    await tmux.press('y');
    await tmux.until(/2 failed {3}✓ 28 ready/);
  });

  test('a full disk is named, found and freed without a shell', async () => {
    await goTo('us-east-1-2');
    await tmux.press('e');
    const cause = await tmux.until(/failed in verifying[\s\S]*Esc closes/);
    assert.match(cause, /disk: .* free/);
    assert.match(cause, /Free some space on the node/);
    assert.match(cause, /r retries/);
    await closePopup();
    await tmux.press('x');
    await tmux.until(/Run on us-east-1-2:/);
    await tmux.type('sudo find /var /opt -size +500k');
    await tmux.press('Enter');
    await tmux.until(/\/var\/tmp\/filler/);
    await goBack();
    await tmux.press('x');
    await tmux.until(/Run on us-east-1-2:/);
    await tmux.type('sudo rm /var/tmp/filler');
    await tmux.press('Enter');
    await tmux.until(/✓ exec +sudo rm[\s\S]*1 succeeded/);
    await goBack();
    // The next look may find the node well before the key is pressed: then there is nothing to retry.
    await tmux.press('r');
    await tmux.until(/1 failed {3}✓ 29 ready/);
  });

  test('a stopped service is named, and started by configuring again', async () => {
    await goTo('us-west-2-3');
    await tmux.press('Enter');
    const page = await tmux.until(/✗ bacalhau-startup\.service/);
    assert.match(page, /i-[0-9a-f]{17}/);
    assert.match(page, /── log/);
    await tmux.press('e');
    const cause = await tmux.until(/c configures again[\s\S]*Esc closes/);
    assert.match(cause, /bacalhau-startup\.service: not running/);
    await tmux.press('c');
    await tmux.until((screen) => !screen.includes('Esc closes'));
    await goBack();
    await tmux.until(/✓ 30 ready/);
  });

  test('what was done, and by whom, is there for those who come after', async () => {
    await tmux.press('p');
    const screen = await tmux.until(/replace/);
    for (const action of ['exec', 'configure', 'replace']) {
      assert.match(screen, new RegExp(action));
    }
    await goBack();
    await tmux.press('q');
    const left = await tmux.until(/sandbox: 30 ready\./);
    assert.match(left, /Attach with/);
    const history = await user.run(['history', '--sandbox']);
    assert.match(history.stdout, /us-east-1-2 .*failed .*disk/);
    assert.match(history.stdout, /configure .*us-west-2-3/);
    assert.match(history.stdout, /replace .*eu-west-1-4/);
  });
});
