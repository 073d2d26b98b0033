import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { builtInConfig } from '../../../source/config/built-in.ts';
import type { Config } from '../../../source/config/config.ts';
import { checkTargetOf } from '../../../source/pipeline/check-target.ts';
import { runChecks } from '../../../source/pipeline/checks/checks.ts';
import { parseFacts } from '../../../source/pipeline/inspection/parse-facts.ts';
import { buildPayload, type Payload } from '../../../source/pipeline/payload/payload.ts';
import {
  inlineScript,
  loadRemoteScripts,
  type RemoteScripts,
} from '../../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../../source/pipeline/user-data.ts';
import { Cloud, type Outcome, obstacle, type TestNode } from './cloud.ts';
import { findProgram, makeOtherTools } from './other-tools.ts';

const templatesFolder = fileURLToPath(new URL('../../../templates', import.meta.url));

/** What the product does to a node, step by step, with the scripts that it ships. */
class Shipped {
  readonly config: Config;
  readonly payload: Payload;
  readonly scripts: RemoteScripts;
  readonly userData: string;

  private constructor(config: Config, payload: Payload, scripts: RemoteScripts, userData: string) {
    this.config = config;
    this.payload = payload;
    this.scripts = scripts;
    this.userData = userData;
  }

  static async load(): Promise<Shipped> {
    const config = builtInConfig({
      templatesFolder,
      publicKeyPath: '/nowhere/key.pub',
      privateKeyPath: '/nowhere/key',
    });
    const { userData } = await buildUserData(config, templatesFolder, 'ssh-ed25519 AAAA test');
    return new Shipped(
      config,
      await buildPayload(config, templatesFolder),
      await loadRemoteScripts(templatesFolder),
      userData,
    );
  }

  upload(node: TestNode, archive = this.payload.archive): Promise<Outcome> {
    const values = ['NODE=us-west-2-1', `INSTANCE_ID=${node.instanceId}`, 'REGION=us-west-2'];
    return node.run(
      inlineScript('receive-payload', this.scripts.receivePayload, {
        arguments: [this.payload.manifestDigest, ...values.map((value) => `SPOT_TUI_${value}`)],
      }),
      archive,
    );
  }

  awaitCloudInit(node: TestNode): Promise<Outcome> {
    return node.run(inlineScript('await', this.scripts.awaitCloudInit, { root: true }));
  }

  configure(node: TestNode): Promise<Outcome> {
    return node.run(inlineScript('trigger', this.scripts.triggerConfiguration, { root: true }));
  }

  /** Names of the checks that fail, with what they say. */
  async complaints(node: TestNode): Promise<string[]> {
    const target = checkTargetOf(this.config, this.payload, { exactFiles: true });
    const { stdout } = await node.run(
      inlineScript('inspect', this.scripts.inspectNode, {
        arguments: [...target.directories, '--', ...target.services],
        root: true,
      }),
    );
    return runChecks(parseFacts(stdout), target)
      .filter(({ status }) => status === 'failed')
      .map(({ name, detail }) => `${name}: ${detail}`);
  }

  /** Waits until all is well. */
  async untilWell(node: TestNode): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const complaints = await this.complaints(node);
      if (complaints.length === 0) return;
      if (tries > 50) assert.deepEqual(complaints, []);
      await sleep(100);
    }
  }
}

suite('the shipped scripts on a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;
  let shipped: Shipped;

  before(async () => {
    shipped = await Shipped.load();
    cloud = await Cloud.open();
    node = await cloud.launch(shipped.userData);
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  const invocations = (): Promise<string> =>
    node.read('systemctl show -p InvocationID --value bacalhau-startup sensor');

  test('bring it from its first boot to services that pass every check', async () => {
    const [cloudInit, upload] = await Promise.all([
      shipped.awaitCloudInit(node),
      shipped.upload(node),
    ]);
    assert.deepEqual([upload.code, upload.stderr], [0, '']);
    assert.equal(cloudInit.code, 0, cloudInit.stderr);
    const { result, status, disabled, prepared } = JSON.parse(cloudInit.stdout);
    assert.deepEqual(
      [result.v1.errors, status.status, disabled, prepared],
      [[], 'done', false, true],
    );
    const configured = await shipped.configure(node);
    assert.equal(configured.code, 0, configured.stdout);
    await shipped.untilWell(node);
    assert.equal(
      await node.read(
        'sudo sha256sum --check --quiet /var/lib/spot-tui/installed.sha256 && echo fine',
      ),
      'fine',
    );
    const [owner, mode] = (await node.read('stat -c "%U %a" /tmp/exs')).split(' ');
    assert.deepEqual([owner, mode], ['ubuntu', '700']);
  });

  test('bounce nothing when they are run again', async () => {
    const before = await invocations();
    assert.equal((await shipped.configure(node)).code, 0);
    assert.equal(await invocations(), before);
  });

  test('start again what somebody stopped', async () => {
    await node.read('sudo systemctl stop sensor');
    assert.notDeepEqual(await shipped.complaints(node), []);
    assert.equal((await shipped.configure(node)).code, 0);
    await shipped.untilWell(node);
  });

  test('refuse what arrives corrupt, and what finds no room', async () => {
    const corrupt = Buffer.from(shipped.payload.archive);
    corrupt.fill(0, corrupt.length >> 1);
    assert.equal((await shipped.upload(node, corrupt)).code, 20);
    await cloud.hypervisor.injectFault?.(node.instanceId, 'fill-disk');
    const full = await shipped.upload(node);
    assert.equal(full.code, 21);
    assert.match(full.stderr, /no space left for \/tmp\/exs \(\d+ MiB free/);
    await node.read('sudo rm /var/tmp/filler');
    await node.until('test "$(df -Pk / | awk \'NR == 2 { print $4 }\')" -gt 500000');
    assert.equal((await shipped.upload(node)).code, 0);
    assert.equal((await shipped.configure(node)).code, 0);
    await shipped.untilWell(node);
  });

  test('leave nothing to do after a reboot', async () => {
    await node.restart(() => node.run('sudo reboot'));
    await shipped.untilWell(node);
    await node.booted();
    assert.equal((await node.run('test -e /tmp/exs/manifest.sha256')).code, 1);
    assert.equal((await shipped.configure(node)).code, 0);
    assert.deepEqual(await shipped.complaints(node), []);
  });
});

suite('the shipped scripts on a node without walls', () => {
  let cloud: Cloud;
  let node: TestNode;
  let shipped: Shipped;

  before(async () => {
    shipped = await Shipped.load();
    cloud = await Cloud.open({ isolation: 'prefix' });
    node = await cloud.launch(shipped.userData);
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  test('bring it to services that pass every check, below the root prefix', async () => {
    const cloudInit = await shipped.awaitCloudInit(node);
    assert.equal(cloudInit.code, 0, cloudInit.stderr);
    assert.deepEqual(JSON.parse(cloudInit.stdout).result.v1.errors, []);
    const upload = await shipped.upload(node);
    assert.deepEqual([upload.code, upload.stderr], [0, '']);
    const configured = await shipped.configure(node);
    assert.equal(configured.code, 0, configured.stdout);
    await shipped.untilWell(node);
    const root = path.join(cloud.folder, 'nodes', node.instanceId, 'root');
    assert.ok((await readdir(root)).includes('bacalhau_node'));
    assert.match(
      await readFile(path.join(root, 'bacalhau_node', 'config.yaml'), 'utf8'),
      /node: 'us-west-2-1'/,
    );
  });

  test('run nothing else on the machine', async () => {
    for (const command of [
      'touch /tmp/spot-tui-was-here',
      'sh -c "echo x"',
      'sudo bash -c true',
      'echo x > file',
      'cat /etc/passwd; id',
      '$(reboot)',
      'true && true',
      'python3 -c 1',
      'tail --follow=name/etc/passwd',
      '/bin/sh /etc/profile',
      'env touch x',
    ]) {
      const { code, stderr } = await node.run(command);
      assert.equal(code, 126, command);
      assert.match(stderr, /not run in this sandbox|not simulated/, command);
    }
    for (const url of ['file:///etc/passwd', 'https://example.com/', 'http://localhost:1/']) {
      const { code, stdout } = await node.run(`curl --silent ${url}`);
      assert.deepEqual([code, stdout], [7, ''], url);
    }
    assert.match(
      (await node.run('cat ../../../../../../etc/passwd')).stdout,
      /^(?!.*nobody:x:65534)/s,
    );
    assert.equal((await node.run('cat /proc/self/environ')).code, 1);
    assert.match(await node.read('sudo -n tail -n 50 /var/log/cloud-init-output.log'), /prepared/);
    assert.match(await node.read('systemctl is-active sensor'), /^active$/);
    assert.match(await node.read("sudo docker ps --format '{{.Names}}'"), /bacalhau-node/);
    assert.equal(await node.read('cat /etc/hostname'), await node.read('hostname'));
    assert.match(cloud.hypervisor.isolation.reason ?? '', /asked for/);
    await assert.rejects(
      async () => cloud.hypervisor.injectFault?.(node.instanceId, 'fill-disk'),
      /can't be filled here/,
    );
  });

  test('leave out the commands of other people’s user data', async () => {
    const own = shipped.userData.replace(
      'runcmd:\n',
      'runcmd:\n  - touch /tmp/spot-tui-was-here\n',
    );
    const other = await cloud.launch(own);
    await shipped.awaitCloudInit(other);
    assert.match(
      await other.read('cat /var/log/cloud-init-output.log'),
      /a command of the user data was left out here[\s\S]*prepared/,
    );
    await assert.rejects(readFile('/tmp/spot-tui-was-here'), /ENOENT/);
    other.disconnect();
  });
});

const noDigests = (await findProgram('shasum')) === undefined && 'this machine has no shasum';

// A Mac has no walls for nodes either, and its folder for such things has a blank in its name.
suite('the product’s own scripts with the tools of another system', { skip: noDigests }, () => {
  let shipped: Shipped;
  let tools: string;
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    tools = await mkdtemp(path.join(tmpdir(), 'spot-tui-tools-'));
    await makeOtherTools(tools);
    shipped = await Shipped.load();
    cloud = await Cloud.open({ isolation: 'prefix', searchPath: tools }, 'spot-tui support-');
    node = await cloud.launch(shipped.userData);
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
    await rm(tools, { recursive: true });
  });

  test('bring a node to services that pass every check', async () => {
    const cloudInit = await shipped.awaitCloudInit(node);
    assert.equal(cloudInit.code, 0, cloudInit.stderr);
    assert.deepEqual(JSON.parse(cloudInit.stdout).result.v1.errors, []);
    const upload = await shipped.upload(node);
    assert.deepEqual([upload.code, upload.stderr], [0, '']);
    const configured = await shipped.configure(node);
    assert.equal(configured.code, 0, configured.stdout);
    await shipped.untilWell(node);
  });

  test('notice what arrives corrupt', async () => {
    const archive = Buffer.from(shipped.payload.archive);
    const upload = await shipped.upload(node, archive.subarray(0, archive.length / 2));
    assert.equal(upload.code, 20, upload.stderr);
  });

  test('tell since when services run, without /proc', async () => {
    const root = path.join(cloud.folder, 'nodes', node.instanceId, 'root');
    const [seconds = '0'] = (await readFile(path.join(root, 'proc/uptime'), 'utf8')).split(' ');
    assert.ok(Number(seconds) > 0, seconds);
  });
});
