import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { User } from './program.ts';

let user: User;
before(async () => {
  user = await User.create();
});
after(() => user.remove());

test('what is compiled is kept in the cache folder, and nothing beside the call', async () => {
  const { status } = await user.run(['create', '--help']);
  assert.equal(status, 0);
  assert.deepEqual(await readdir(path.join(user.home, '.cache', 'spot-tui')), ['compiled']);
  assert.deepEqual(await readdir(user.folder), []);
});

test('what was compiled of a build that is gone is removed by the first start of another', async () => {
  const cache = path.join(user.home, 'elsewhere');
  const gone = path.join(cache, 'spot-tui', 'compiled', 'gone');
  const recent = path.join(cache, 'spot-tui', 'compiled', 'recent');
  await mkdir(gone, { recursive: true });
  await mkdir(recent);
  await utimes(gone, new Date(0), new Date(0));
  await user.run(['create', '--help'], { environment: { XDG_CACHE_HOME: cache } });
  assert.equal(existsSync(gone), false);
  assert.equal(existsSync(recent), true);
});

test('a cache folder that can’t be written stops nothing', async () => {
  await user.write('file', '');
  const { status, stderr, stdout } = await user.run(['create', '--help'], {
    environment: { XDG_CACHE_HOME: path.join(user.folder, 'file') },
  });
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /create/);
});
