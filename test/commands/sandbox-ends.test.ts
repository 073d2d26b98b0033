import assert from 'node:assert/strict';
import { test } from 'node:test';
import { User } from './program.ts';
import { hasTmux, Tmux } from './tmux.ts';

test('in the dashboard the nodes of a sandbox that was killed end for that reason', {
  skip: !hasTmux && 'tmux is not installed',
}, async (context) => {
  const user = await User.create();
  const tmux = await Tmux.open(user, { columns: 120, rows: 30 });
  context.after(async () => {
    await tmux.close();
    await user.remove();
  });
  await tmux.type(user.shellCommand(['create', '--sandbox=fast', '--count', '2']));
  await tmux.press('Enter');
  await tmux.until(/2 ready/);
  const { pid } = JSON.parse((await user.run(['sandbox', 'status', '--json'])).stdout);
  process.kill(pid, 'SIGKILL');
  const screen = await tmux.until(/2 terminated/);
  const why = `The sandbox \\(process ${pid}\\) has ended`;
  for (const node of ['us-west-2-1', 'us-east-1-1']) {
    assert.match(screen, new RegExp(`${node} .*terminated .*${why}`));
  }
  await tmux.press('m');
  const notices = await tmux.until(/Esc closes/);
  // EC2 may have been missed just before; what counts comes last and stands on top.
  assert.match(notices, /Notices[^\n]*\n[^\n]*The sandbox \(process[^\n]*\n[^\n]*Begin anew/);
  await tmux.press('Escape');
  await tmux.until((shown) => !shown.includes('Esc closes'));
  await tmux.press('q');
  const left = await tmux.until(/sandbox: 0 ready, 2 terminated\./);
  assert.doesNotMatch(left, /What runs keeps running/);
});
