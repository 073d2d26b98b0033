import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { StandInNode } from './stand-in-node.ts';

const directories = [
  'bacalhau_node',
  'bacalhau_data',
  'opt/sensor',
  'opt/uploaded_files/scripts',
  'opt/uploaded_files/config',
];

describe('prepare-node', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    await node.program('apt-get', 'echo "apt-get $*" >>"$SPOT_TUI_ROOT/calls"');
    await node.program('apt-cache', ':');
  });
  afterEach(async () => {
    await node.remove();
  });

  const prepare = () => node.run('prepare-node.sh');
  const failure = async () =>
    (await node.read('var/lib/spot-tui/prepare-failure')).trimEnd().split('\n');

  /** A machine without the programs, whatever the one that runs the test has. */
  const without = async (...programs: string[]) => {
    const found = [
      ...['cat', 'chmod', 'head', 'id', 'mkdir', 'rm', 'sed', 'sleep', 'tail'],
      ...['apt-get', 'apt-cache', 'systemctl', 'docker', 'dockerd'],
    ].filter((name) => !programs.includes(name));
    return node.run('prepare-node.sh', { environment: { PATH: await node.only(found) } });
  };

  it('makes the directories, and needs no network where Docker is there', async () => {
    const { status, stderr } = await prepare();
    assert.equal(status, 0, stderr);
    for (const directory of directories) assert.equal(await node.mode(directory), 0o755, directory);
    assert.equal(await node.mode('tmp/exs'), 0o700);
    assert.equal(
      await node.read('etc/tmpfiles.d/spot-tui.conf'),
      'd /tmp/exs 0700 ubuntu ubuntu -\n',
    );
    assert.ok(await node.exists('var/lib/spot-tui/prepared'));
    const calls = await node.calls();
    assert.deepEqual(
      calls.filter((call) => call.startsWith('apt-get')),
      [],
    );
    assert.ok(calls.includes('enable configure-services.service'), calls.join());
  });

  it('does not empty /tmp/exs, where an upload may be under way', async () => {
    await node.write('tmp/exs/.incoming.1/scripts/a.sh', 'x');
    assert.equal((await prepare()).status, 0);
    assert.equal(await node.read('tmp/exs/.incoming.1/scripts/a.sh'), 'x');
    assert.equal(await node.mode('tmp/exs'), 0o700);
  });

  it('can be run again', async () => {
    assert.equal((await prepare()).status, 0);
    assert.equal((await prepare()).status, 0);
  });

  it('lets the docker command find Compose where only the older program is there', async () => {
    await node.program('docker', '[ "$1" != compose ]');
    await node.program('docker-compose', 'echo "$*"');
    assert.equal((await prepare()).status, 0);
    const plugin = 'usr/local/lib/docker/cli-plugins/docker-compose';
    assert.equal(await node.mode(plugin), 0o755);
    const metadata = await node.execute(plugin, ['docker-cli-plugin-metadata']);
    assert.equal(JSON.parse(metadata.stdout).SchemaVersion, '0.1.0');
    const called = await node.execute(plugin, ['compose', '-f', 'a b.yaml', 'up']);
    assert.equal(called.stdout, '-f a b.yaml up\n');
  });

  describe('where Docker is missing', () => {
    it("installs it from the distribution's archive", async () => {
      await node.program('apt-cache', 'case $* in *docker-compose-v2) ;; *) echo "$*" ;; esac');
      const { status, stderr } = await without('dockerd', 'docker');
      // Nothing was really installed.
      assert.equal(status, 1);
      assert.equal(stderr, 'spot-tui: Docker Compose is missing\n');
      const [update, install] = await node.calls();
      assert.match(update ?? '', /DPkg::Lock::Timeout=300 update /);
      assert.match(install ?? '', / ca-certificates docker.io docker-cli docker-compose$/);
    });

    it('says which mirror could not be reached', async () => {
      await node.program(
        'apt-get',
        'echo "W: Failed to fetch http://mirror/dists  Temporary failure resolving" >&2; exit 100',
      );
      assert.equal((await without('dockerd')).status, 1);
      assert.deepEqual(await failure(), [
        'apt-get update failed: can not fetch http://mirror/dists  Temporary failure resolving',
        'Does the subnet let the node out to its package mirrors? An image with Docker needs none.',
      ]);
      assert.equal(await node.exists('var/lib/spot-tui/prepared'), false);
    });

    it('says that the image has no apt', async () => {
      assert.equal((await without('dockerd', 'apt-get')).status, 1);
      assert.match((await failure())[0] ?? '', /has no apt-get to install them$/);
    });
  });

  it('says that Docker does not start, and takes it back once it does', async () => {
    await node.unit('docker.service', { refusal: 'Job for docker.service failed.' });
    assert.equal((await prepare()).status, 1);
    assert.match((await failure())[0] ?? '', /^docker.service does not start: Job for/);
    await node.program('systemctl', 'exit 0');
    assert.equal((await prepare()).status, 0);
    assert.equal(await node.exists('var/lib/spot-tui/prepare-failure'), false);
  });
});
