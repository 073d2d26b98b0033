import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Cloud, obstacle, type TestNode } from './cloud.ts';

suite('cloud-init on a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;

  before(async () => {
    cloud = await Cloud.open();
  });
  after(() => cloud.close());

  const boot = async (userData: string): Promise<TestNode> => {
    const node = await cloud.launch(userData);
    await node.booted();
    return node;
  };

  test('applies a cloud-config', async () => {
    const packed = gzipSync('#!/bin/sh\necho packed\n').toString('base64');
    const node = await boot(`#cloud-config
users:
  - default
  - name: worker
    groups: [docker]
    ssh_authorized_keys: ['ssh-ed25519 AAAA somebody']
groups: [sensors]
packages: [jq, [tree, 1.0]]
bootcmd:
  - echo early > /run/bootcmd
write_files:
  - path: /opt/deep/plain.txt
    content: |
      héllo
      \${HOME} $x
  - path: /usr/local/bin/packed
    permissions: '0755'
    encoding: gz+b64
    content: ${packed}
  - path: /opt/deep/later
    owner: worker:worker
    permissions: 0640
    defer: true
    encoding: b64
    content: ${Buffer.from('later').toString('base64')}
  - path: /opt/deep/plain.txt
    append: true
    content: more
runcmd:
  - [sh, -c, 'echo "$0 $(id -un) it''s" > /opt/list', word]
  - echo "from a string" && false
  - mkdir -p /data/{{x}}
final_message: all done
`);
    assert.equal(await node.read('cat /opt/deep/plain.txt'), 'héllo\n${HOME} $x\nmore');
    assert.equal(await node.read('packed'), 'packed');
    assert.equal(await node.read('stat -c %a /opt/deep/later /usr/local/bin/packed'), '640\n755');
    assert.equal(await node.read('sudo cat /opt/deep/later'), 'later');
    const owner = await node.read('stat -c %U /opt/deep/later');
    assert.ok(owner === 'worker' || (await node.read('id -u')) === '0');
    assert.match(await node.read('id -nG worker'), /docker|^ubuntu$/);
    assert.equal(await node.read('getent group sensors | cut -d : -f 1'), 'sensors');
    assert.match(await node.read('sudo cat ~worker/.ssh/authorized_keys'), /AAAA somebody/);
    assert.equal(await node.read('cat /run/bootcmd'), 'early');
    assert.match(await node.read('cat /opt/list'), /^word (?:root|ubuntu) it's$/);
    assert.equal(await node.read('test -d "/data/{{x}}" && echo yes'), 'yes');
    assert.equal(await node.read("dpkg-query -W -f '${Status}' jq"), 'install ok installed');
    assert.match(
      await node.read('cat /var/log/cloud-init-output.log'),
      /from a string[\s\S]*all done/,
    );
    assert.match(await cloud.hypervisor.consoleOutput(node.instanceId), /all done/);
    assert.deepEqual(JSON.parse(await node.read('cat /run/cloud-init/result.json')).v1.errors, []);
    const { code, stdout } = await node.run('cloud-init status --format json');
    assert.deepEqual([code, JSON.parse(stdout).status], [0, 'done']);
    assert.match(await node.read('cat /var/lib/cloud/data/instance-id'), /^i-/);
    node.disconnect();
  });

  test('reports what failed, and where', async () => {
    const node = await boot('#cloud-config\nruncmd:\n  - echo trying >&2\n  - exit 3\n');
    const { v1 } = JSON.parse(await node.read('cat /run/cloud-init/result.json'));
    assert.match(v1.errors[0], /scripts_user.*1 failures \(runcmd\)/);
    const { code, stdout } = await node.run('cloud-init status --long');
    assert.equal(code, 1);
    assert.match(stdout, /status: error/);
    assert.match(await node.read('cat /var/log/cloud-init-output.log'), /trying/);
    assert.equal((await node.run('systemctl is-active cloud-final')).stdout, 'failed\n');
    node.disconnect();
  });

  test('goes on with a warning where the cloud-config is not understood', async () => {
    const node = await boot('#cloud-config\nrun_cmd: [oops]\nruncmd: [touch /opt/ran]\n');
    const { code, stdout } = await node.run('cloud-init status --format json');
    const { status, extended_status, recoverable_errors } = JSON.parse(stdout);
    assert.deepEqual([code, status, extended_status], [2, 'done', 'degraded done']);
    assert.match(recoverable_errors.WARNING[0], /run_cmd/);
    assert.equal(await node.read('test -e /opt/ran && echo yes'), 'yes');
    node.disconnect();
  });

  test('runs a script, and does nothing again at the next boot', async () => {
    const node = await boot(
      '#!/bin/bash\necho "$BASH_VERSION" > /opt/shell\necho x >> /opt/count\n',
    );
    assert.match(await node.read('cat /opt/shell'), /^\d/);
    await node.restart(() => node.run('sudo reboot'));
    await node.booted();
    assert.equal(await node.read('cat /opt/count'), 'x');
    node.disconnect();
  });

  test('SSH opens while it is still at work', async () => {
    const node = await cloud.launch('#cloud-config\nruncmd: [sleep 1, touch /opt/end]\n');
    assert.equal((await node.run('test -e /run/cloud-init/result.json')).code, 1);
    assert.equal(JSON.parse(await node.read('cloud-init status --format json')).status, 'running');
    await node.booted();
    assert.equal(await node.read('test -e /opt/end && echo yes'), 'yes');
    node.disconnect();
  });
});
