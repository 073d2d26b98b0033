import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { output, runCommand } from './command.ts';
import { ensureImages, type Release, releases, skipReason } from './images.ts';
import { freeAbandonedSlots } from './machine-slot.ts';
import { NspawnHypervisor } from './nspawn-hypervisor.ts';

describe('a machine of the lab', { skip: await skipReason() }, () => {
  let folder: string;
  let hypervisor: NspawnHypervisor;
  let images: Readonly<Record<Release, string>>;

  before(async () => {
    await freeAbandonedSlots();
    images = await ensureImages();
    folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-lab-'));
    await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'key')]);
    hypervisor = new NspawnHypervisor({
      image: ({ imageId }) => (imageId === 'trixie' ? images.trixie : images.bookworm),
      quirks: () => ({}),
    });
  });

  after(async () => {
    await hypervisor.close();
    await rm(folder, { recursive: true });
  });

  const ssh = (address: string, command: string) =>
    runCommand('ssh', [
      ...['-F', 'none', '-i', path.join(folder, 'key'), '-o', 'BatchMode=yes'],
      ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      ...['-o', 'ConnectTimeout=2', `debian@${address}`, command],
    ]);

  for (const [index, release] of releases.entries()) {
    it(`is what an instance would be, on ${release}`, async () => {
      const instanceId = `i-0000000000000000${index}`;
      const { publicAddress } = await hypervisor.launch({
        instanceId,
        region: 'us-west-2',
        zone: 'us-west-2a',
        instanceType: 't3.medium',
        imageId: release,
        userData: '#cloud-config\nruncmd:\n- [touch, /root/user-data-ran]\n',
        publicKey: await readFile(path.join(folder, 'key.pub'), 'utf8'),
      });
      const machine = hypervisor.machine(instanceId);
      const answers = async () => (await ssh(publicAddress, 'true')).exitCode === 0;

      await machine.waitFor('answer by SSH', answers);
      await machine.waitFor('end of cloud-init', async () => {
        const result = JSON.parse(await machine.read('cat /run/cloud-init/result.json'));
        assert.deepEqual(result.v1.errors, []);
        return true;
      });
      await machine.read('test -e /root/user-data-ran');
      assert.equal(await machine.read('systemctl is-system-running --wait'), 'running');
      assert.match(await hypervisor.consoleOutput(instanceId), /SHA256:\S+ .*\(ED25519\)/);

      await machine.read(
        'docker run --detach --restart unless-stopped --network host --name here spot-tui-lab/sensor:stand-in',
      );
      assert.match(await machine.read('docker logs here'), /stand-in for sensor/);

      const firstBoot = await machine.bootId();
      await machine.reboot();
      await machine.waitFor('answer by SSH after a reboot', answers);
      assert.notEqual(await machine.bootId(), firstBoot);
      await machine.waitFor(
        'container after a reboot',
        async () => (await machine.read('docker ps --format "{{.Names}}"')) === 'here',
      );

      await machine.cutSsh();
      await machine.waitFor('answer by SSH after sshd was killed', answers);
    });
  }

  it('has no way out', async () => {
    const [machine] = hypervisor.machines;
    assert.ok(machine);
    assert.equal(await machine.read('ip route show default'), '');
  });

  it('is found and removed when its run was killed', async () => {
    const script = fileURLToPath(new URL('boot.ts', import.meta.url));
    const run = spawn(process.execPath, ['--import', 'tsx', script, 'bookworm'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const text of run.stdout) {
      said += String(text);
      if (said.includes('nsenter')) break;
    }
    const name = /machine (\S+):/.exec(said)?.[1];
    assert.ok(name);
    run.kill('SIGKILL');
    if (run.exitCode === null && run.signalCode === null) await once(run, 'exit');

    assert.match(await output('ip', ['-brief', 'link']), new RegExp(`ve-${name}@`));
    assert.ok((await freeAbandonedSlots()).includes(name));
    assert.doesNotMatch(await output('ip', ['-brief', 'link']), new RegExp(`ve-${name}@`));
    const mounts = await readFile('/proc/self/mounts', 'utf8');
    assert.doesNotMatch(mounts, new RegExp(`^${name} `, 'm'));
  });
});
