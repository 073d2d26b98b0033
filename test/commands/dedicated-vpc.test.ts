import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { User } from './program.ts';

suite('a VPC of the deployment’s own', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    const file = path.join(user.folder, 'config.yaml');
    const starter = await readFile(file, 'utf8');
    const own = starter.replace('# use_dedicated_vpc: true', 'use_dedicated_vpc: true');
    assert.notEqual(own, starter);
    await user.write('config.yaml', own);
  });

  after(() => user.remove());

  test('is made by create, and destroy says what of it is gone', async () => {
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--yes', '--count', '1']);
    assert.equal(created.status, 0, created.stdout + created.stderr);
    const destroyed = await user.run(['destroy', '--sandbox', '--ci', '--yes']);
    assert.equal(destroyed.status, 0, destroyed.stdout + destroyed.stderr);
    const removed = [...destroyed.stdout.matchAll(/removed (.*?)(?:-0\w+)? \(us-west-2\w?\)/g)];
    assert.deepEqual(
      removed.map(([, what = '']) => what.replace(/^(fleet|key pair) .*/, '$1')).sort(),
      [
        'VPC vpc',
        'fleet',
        'internet gateway igw',
        'key pair',
        'launch template spot-tui-sandbox',
        'launch template spot-tui-sandbox/vpc',
        'security group spot-tui-sandbox',
        ...['subnet subnet', 'subnet subnet', 'subnet subnet'],
      ],
    );
    assert.match(destroyed.stdout, /proof: nothing tagged spot-tui:deployment=sandbox is left/);
  });
});
