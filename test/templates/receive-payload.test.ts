import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { pack, StandInNode, sha256 } from './stand-in-node.ts';

const files = {
  'scripts/run.sh': { content: '#!/bin/sh\necho run\n', mode: 0o755 },
  'config/token': { content: 'secret\n', mode: 0o600 },
  'config/with space.yaml': 'a: 1\n',
  'units/a.service': '[Service]\n',
  'services.tsv': 'a.service\t1\tstart\n',
};

describe('an upload', () => {
  let node: StandInNode;
  let payload: Awaited<ReturnType<typeof pack>>;

  before(async () => {
    payload = await pack(files);
  });
  beforeEach(async () => {
    node = await StandInNode.make();
  });
  afterEach(async () => {
    await node.remove();
  });

  const receive = (stdin: Buffer, args: readonly string[] = [payload.digest]) =>
    node.run('receive-payload.sh', { args, stdin });

  it('lands in /tmp/exs, which only its owner can read, with modes kept', async () => {
    const { status, stderr } = await node.upload(files);
    assert.equal(status, 0, stderr);
    assert.equal(await node.mode('tmp/exs'), 0o700);
    assert.equal(await node.mode('tmp/exs/scripts/run.sh'), 0o755);
    assert.equal(await node.mode('tmp/exs/config/token'), 0o600);
    assert.equal(await node.read('tmp/exs/config/with space.yaml'), 'a: 1\n');
    assert.equal(sha256(await node.read('tmp/exs/manifest.sha256')), payload.digest);
    assert.equal(
      await node.read('tmp/exs/node.env'),
      'SPOT_TUI_NODE=us-west-2-1\nSPOT_TUI_INSTANCE_ID=i-0001\n',
    );
    assert.deepEqual(await node.list('tmp/exs'), [
      'config',
      'manifest.sha256',
      'node.env',
      'scripts',
      'services.tsv',
      'units',
    ]);
  });

  it('closes a folder that was made for all to read', async () => {
    await mkdir(path.join(node.root, 'tmp/exs'), { recursive: true, mode: 0o755 });
    assert.equal((await node.upload(files)).status, 0);
    assert.equal(await node.mode('tmp/exs'), 0o700);
  });

  it('replaces the one before it, and nothing of that remains', async () => {
    await node.upload(files);
    const { status, stderr } = await node.upload({ 'files/only.txt': 'new\n' });
    assert.equal(status, 0, stderr);
    assert.deepEqual(await node.list('tmp/exs'), ['files', 'manifest.sha256', 'node.env']);
  });

  it('clears away what a dead upload left, but not one that is under way', async () => {
    await mkdir(path.join(node.root, 'tmp/exs/.incoming.999999999'), { recursive: true });
    await mkdir(path.join(node.root, `tmp/exs/.incoming.${process.pid}`), { recursive: true });
    assert.equal((await node.upload(files)).status, 0);
    const names = await node.list('tmp/exs');
    assert.ok(!names.includes('.incoming.999999999'), names.join());
    assert.ok(names.includes(`.incoming.${process.pid}`), names.join());
  });

  it('that was cut off, or came with other bytes, is corrupt and changes nothing', async () => {
    assert.equal((await node.upload({ 'files/only.txt': 'old\n' })).status, 0);
    const flipped = Buffer.from(payload.archive);
    flipped.writeUInt8(flipped.readUInt8(flipped.length - 9) ^ 0xff, flipped.length - 9);
    for (const archive of [
      payload.archive.subarray(0, payload.archive.length / 2),
      Buffer.alloc(0),
      Buffer.from('no archive at all'),
      flipped,
    ]) {
      const { status, stderr } = await receive(archive);
      assert.equal(status, 20, stderr);
      assert.match(stderr, /^the upload is not the archive that was sent: \S.*\n$/);
    }
    assert.equal(await node.read('tmp/exs/files/only.txt'), 'old\n');
    assert.deepEqual(await node.list('tmp/exs'), ['files', 'manifest.sha256', 'node.env']);
  });

  it('says which file does not match its sum', async () => {
    const other = await pack({ ...files, 'config/token': 'other\n' });
    const wrongDigest = await receive(other.archive);
    assert.deepEqual(wrongDigest, {
      status: 20,
      stdout: '',
      stderr: 'manifest.sha256 arrived corrupt\n',
    });

    const manifest = `${sha256('one\n')}  files/a\n${sha256('two\n')}  files/b\n`;
    const folder = path.join(node.root, 'made');
    await mkdir(path.join(folder, 'files'), { recursive: true });
    await writeFile(path.join(folder, 'files/a'), 'one\n');
    await writeFile(path.join(folder, 'files/b'), 'changed\n');
    await writeFile(path.join(folder, 'manifest.sha256'), manifest);
    const tar = (...names: string[]) => execFileSync('tar', ['-czf', '-', '-C', folder, ...names]);
    const changed = await receive(tar('files', 'manifest.sha256'), [sha256(manifest)]);
    assert.deepEqual([changed.status, changed.stderr], [20, 'files/b arrived corrupt\n']);
    const missing = await receive(tar('files/a', 'manifest.sha256'), [sha256(manifest)]);
    assert.deepEqual(
      [missing.status, missing.stderr],
      [20, 'files/b is missing from the upload\n'],
    );
    const early = await receive(tar('files'), [sha256(manifest)]);
    assert.deepEqual(
      [early.status, early.stderr],
      [20, 'the upload ended early: manifest.sha256 is missing\n'],
    );
  });

  it('says that the disk is full', async () => {
    await node.program(
      'tar',
      'cat >/dev/null; echo "tar: x: Cannot write: No space left on device" >&2; exit 2',
    );
    const { status, stderr } = await node.upload(files);
    assert.equal(status, 21);
    assert.match(stderr, /^no space left for .*\/tmp\/exs \(\d+ MiB free on \/.*\)\n$/);
  });

  it('does not go where somebody else put a link', async () => {
    await mkdir(path.join(node.root, 'tmp'));
    await mkdir(path.join(node.root, 'elsewhere'));
    await symlink('../elsewhere', path.join(node.root, 'tmp/exs'));
    const { status, stderr } = await node.upload(files);
    assert.equal(status, 21);
    assert.match(stderr, /tmp\/exs does not belong to/);
    assert.deepEqual(await node.list('elsewhere'), []);
  });

  it('says which program is missing', async () => {
    const result = await node.run('receive-payload.sh', {
      args: [payload.digest],
      environment: { PATH: '/nonexistent' },
    });
    assert.deepEqual(
      [result.status, result.stderr],
      [22, 'tar is missing on this node: install it, or use another image\n'],
    );
  });

  it('takes nothing but plain values for the node', async () => {
    for (const value of [
      'SPOT_TUI_NODE=a b',
      'SPOT_TUI_NODE=$(id)',
      'PATH=/tmp',
      'SPOT_TUI_x=1',
      'SPOT_TUI_NODE',
    ]) {
      const { status } = await node.upload(files, [value]);
      assert.equal(status, 64, value);
    }
    assert.equal(await node.exists('tmp/exs'), false);
  });

  describe('that goes on to configure', () => {
    const go = (stdin = payload.archive) =>
      receive(stdin, [payload.digest, '--configure', 'SPOT_TUI_NODE=us-west-2-1']);

    beforeEach(async () => {
      await node.program('sudo', '[ "$1" = -n ] && shift; exec "$@"');
      // As configure-services would find it: complete, tidy, and free to be locked.
      await node.program(
        'systemctl',
        `
        cd "$SPOT_TUI_ROOT/tmp/exs" || exit 9
        if command -v flock >/dev/null; then flock -n . true || exit 8; fi
        echo "$* $(ls -A | tr '\\n' ' ')" >>"$SPOT_TUI_ROOT/calls"`,
      );
      await node.prepare();
    });

    it('triggers configure-services once everything is in place', async () => {
      const { status, stdout, stderr } = await go();
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(stdout, '@applied \n@receiving\n@configuring\n');
      assert.deepEqual(await node.calls(), [
        'start configure-services.service config manifest.sha256 node.env scripts services.tsv units ',
      ]);
    });

    it('ends with the status of that', async () => {
      await node.program('systemctl', 'echo "Job failed" >&2; exit 4');
      const { status, stderr } = await go();
      assert.deepEqual([status, stderr], [4, 'Job failed\n']);
    });

    it('triggers nothing when what arrived is corrupt', async () => {
      const { status, stdout } = await go(payload.archive.subarray(0, 100));
      assert.deepEqual([status, stdout], [20, '@applied \n@receiving\n']);
      assert.deepEqual(await node.calls(), []);
    });

    it('reads nothing where the same was applied before, and triggers', async () => {
      await node.write('var/lib/spot-tui/manifest.sha256', payload.manifest);
      await node.program('systemctl', 'exit 0');
      const { status, stdout } = await go(Buffer.from('not even an archive'));
      assert.deepEqual([status, stdout], [0, `@applied ${payload.digest}\n@configuring\n`]);
      assert.equal(await node.exists('tmp/exs/manifest.sha256'), false);
    });

    it('receives what was applied before once somebody has changed what was installed', async () => {
      await node.write('opt/uploaded_files/config/token', 'secret\n');
      const file = path.join(node.root, 'opt/uploaded_files/config/token');
      await node.write('var/lib/spot-tui/installed.sha256', `${sha256('secret\n')}  ${file}\n`);
      await node.write('var/lib/spot-tui/manifest.sha256', payload.manifest);
      const unread = Buffer.from('not even an archive');
      assert.equal((await go(unread)).stdout, `@applied ${payload.digest}\n@configuring\n`);
      await node.write('opt/uploaded_files/config/token', 'another\n');
      assert.equal((await go()).stdout, `@applied ${payload.digest}\n@receiving\n@configuring\n`);
    });

    it('says what was applied before, where that is another', async () => {
      await node.write('var/lib/spot-tui/manifest.sha256', 'another\n');
      const { stdout } = await go();
      assert.equal(stdout, `@applied ${sha256('another\n')}\n@receiving\n@configuring\n`);
    });

    for (const [what, name, content] of [
      ['has not finished', 'run/cloud-init/result.json', ''],
      [
        'has failed',
        'run/cloud-init/result.json',
        '{\n "v1": {\n  "datasource": "DataSourceEc2Local",\n  "errors": [\n   "no"\n  ]\n }\n}',
      ],
      ['has failed in one line', 'run/cloud-init/result.json', '{"v1": {"errors": ["no"]}}'],
      [
        'has worked around something',
        'run/cloud-init/status.json',
        '{\n "v1": {\n  "init": {\n   "errors": [],\n   "recoverable_errors": {\n    "WARNING": ["x"]\n   }\n  }\n }\n}\n',
      ],
      [
        'has worked around something late in a line',
        'run/cloud-init/status.json',
        '{"v1": {"init": {"errors": [], "recoverable_errors": {}}, "modules-final": {"errors": [], "recoverable_errors": {"WARNING": ["x"]}}}}',
      ],
      ['did not prepare the node', 'var/lib/spot-tui/prepare-failure', 'no docker\n'],
    ] as const) {
      it(`does not where cloud-init ${what}: that is to be asked about`, async () => {
        await node.write(name, content);
        const { status, stdout } = await go();
        assert.deepEqual([status, stdout], [0, '@applied \n@receiving\n']);
        assert.deepEqual(await node.calls(), []);
        assert.equal(await node.exists('tmp/exs/manifest.sha256'), true);
      });
    }

    it('does where cloud-init has nothing to tell', async () => {
      await node.write(
        'run/cloud-init/status.json',
        '{\n "v1": {\n  "datasource": "x",\n  "init": {\n   "errors": [],\n   "recoverable_errors": {}\n  },\n  "stage": null\n }\n}\n',
      );
      const { stdout } = await go();
      assert.match(stdout, /@configuring\n$/);
    });
  });
});
