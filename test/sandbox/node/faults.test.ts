import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Cloud, connectOnce, obstacle, type TestNode } from './cloud.ts';

const service = `#cloud-config
write_files:
  - path: /etc/systemd/system/work.service
    content: |
      [Service]
      ExecStart=/bin/sleep 600
      Restart=always
      [Install]
      WantedBy=multi-user.target
runcmd: [systemctl enable --now work]
`;

suite('faults of a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    cloud = await Cloud.open({ cutTime: 400 });
    node = await cloud.launch(service);
    await node.booted();
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  test('a service is stopped, and stays so', async () => {
    assert.equal(await node.read('systemctl is-active work'), 'active');
    await cloud.hypervisor.injectFault?.(node.instanceId, 'stop-service');
    assert.equal((await node.run('systemctl is-active work')).stdout, 'inactive\n');
    await assert.rejects(
      async () => cloud.hypervisor.injectFault?.(node.instanceId, 'stop-service'),
      /no service of its own runs/,
    );
    await node.read('sudo systemctl start work');
  });

  test('a full disk takes no more, until there is room again', async () => {
    await node.read('echo kept > ~/before');
    await cloud.hypervisor.injectFault?.(node.instanceId, 'fill-disk');
    const full = await node.run('head -c 200000 /dev/zero > /tmp/new');
    assert.equal(full.code, 1);
    assert.match(full.stderr, /No space left on device/);
    assert.match(
      (await node.run('echo x | sudo tee -a /etc/hosts /opt/x')).stderr,
      /No space left/,
    );
    assert.equal(await node.read("df -Pk / | awk 'NR == 2 { print $4 }'"), '0');
    assert.equal(await node.read('cat ~/before'), 'kept');
    assert.equal(await node.read('systemctl is-active work'), 'active');

    await node.read('sudo rm /var/tmp/filler /tmp/new');
    await node.until('test "$(df -Pk / | awk \'NR == 2 { print $4 }\')" -gt 500000');
    await node.read('echo room > ~/after; rm ~/before; sudo mkdir -p /data/x');
    await node.restart(() => cloud.hypervisor.injectFault?.(node.instanceId, 'reboot'));
    assert.equal(
      await node.read('cat ~/after; ls -d /data/x; stat -c %U ~/after'),
      'room\n/data/x\nubuntu',
    );
    assert.equal((await node.run('test -e ~/before')).code, 1);
    assert.match(await node.read('df -P / | tail -n 1'), /^(?!disk)/);
  });

  test('a reboot starts what is enabled again', async () => {
    await node.until('systemctl is-active --quiet work');
    const pid = await node.read('systemctl show -p InvocationID --value work');
    await node.restart(() => cloud.hypervisor.injectFault?.(node.instanceId, 'reboot'));
    await node.until('systemctl is-active --quiet work');
    assert.notEqual(await node.read('systemctl show -p InvocationID --value work'), pid);
  });

  test('SSH that is cut breaks connections and refuses new ones for a while', async () => {
    const client = await node.connect();
    const broken = new Promise<void>((resolve) => {
      client.once('close', () => resolve());
    });
    client.on('error', () => undefined);
    await cloud.hypervisor.injectFault?.(node.instanceId, 'cut-ssh');
    await broken;
    await assert.rejects(connectOnce(node.port, cloud.privateKey));
    await node.connect();
    assert.equal(await node.read('systemctl is-active work'), 'active');
  });

  test('there is none to be had on a machine that is not there', async () => {
    await assert.rejects(
      async () => cloud.hypervisor.injectFault?.('i-nothing', 'reboot'),
      /there is no machine i-nothing/,
    );
  });
});
