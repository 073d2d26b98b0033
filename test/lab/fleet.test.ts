import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pipelinePhases } from '../../source/events/phase.ts';
import {
  assertAcceptable,
  assertInstalled,
  assertPlaced,
  bootCount,
  cloudInitEnd,
  runsOf,
} from './evidence.ts';
import { skipReason } from './images.ts';
import {
  bookwormRegion,
  Lab,
  nodeOf,
  type ProgramResult,
  reached,
  type Starter,
  uploaded,
} from './lab.ts';
import type { Machine } from './machine.ts';
import { MetadataService } from './metadata-service.ts';
import { placements } from './placements.ts';
import { remainsOf } from './remains.ts';

/** Seconds by which the first machine's cloud-init is late. */
const lateness = 15;

describe('a fleet of three booted machines', { skip: await skipReason() }, () => {
  let lab: Lab;
  let folders: Starter['folders'];
  let created: ProgramResult;
  /** In the order of their launch. */
  let machines: readonly Machine[] = [];
  let nodes: readonly string[] = [];

  before(async () => {
    lab = await Lab.start([{ cloudInitDelay: lateness }, { reachableAfterCloudInit: true }]);
    ({ folders } = await lab.begin({ regions: [bookwormRegion], count: 3 }));
    created = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    machines = lab.hypervisor.machines;
    assert.equal(machines.length, 3);
    nodes = machines.map(({ instanceId }) => nodeOf(created.lines, instanceId));
  });

  after(async () => {
    await lab.close();
  });

  it('create takes all of them from nothing to ready', () => {
    const summary = created.lines.at(-1);
    assert.equal(summary?.event, 'summary');
    assert.equal(summary.ready, 3);
    assert.equal(summary.failed, 0);
    for (const node of nodes) {
      const phases = created.lines
        .filter((line) => line.event === 'phase' && line.node === node)
        .map(({ phase }) => phase);
      assert.deepEqual(phases, pipelinePhases);
    }
  });

  it('files arrive before cloud-init is done on one node, and after it on another', async () => {
    const [slow, late] = machines;
    const [slowNode, lateNode] = nodes;
    assert.ok(slow && slowNode && late && lateNode);
    assert.ok(uploaded(created.lines, slowNode) < (await cloudInitEnd(slow)));
    assert.ok(reached(created.lines, lateNode, 'uploading') > (await cloudInitEnd(late)));
  });

  it('a node whose cloud-init is slow delays no other', async () => {
    const [slow] = machines;
    assert.ok(slow);
    const slowEnd = await cloudInitEnd(slow);
    for (const node of nodes.slice(1)) assert.ok(reached(created.lines, node, 'ready') < slowEnd);
  });

  it('runs the containers that bacalhau-startup and the sensor started', async () => {
    for (const machine of machines) {
      assert.equal(await machine.read('systemctl is-active bacalhau-startup.service'), 'active');
      const container = await machine.read(
        'docker ps --filter ancestor=spot-tui-lab/bacalhau:stand-in --format "{{.ID}}"',
      );
      assert.match(container, /^[0-9a-f]+$/);
      assert.match(await machine.read(`docker logs ${container} 2>&1`), /stand-in for bacalhau/);
      const sensor = await machine.read('docker logs sensor-log-generator 2>&1');
      assert.match(sensor, /stand-in for sensor/);
    }
  });

  it('has every directory and file in its place, with the right owner and mode', async () => {
    for (const machine of machines) {
      await assertPlaced(machine, placements('debian'));
      for (const [local, remote, owner] of [
        [folders.scripts, '/opt/uploaded_files/scripts', 'debian'],
        [folders.config, '/opt/uploaded_files/config', 'debian'],
        [folders.files, '/opt/uploaded_files', 'debian'],
        [folders.units, '/etc/systemd/system', 'root'],
      ] as const) {
        await assertInstalled(machine, path.join(lab.folder, local), remote, owner);
      }
      await machine.read('sha256sum --check --quiet /var/lib/spot-tui/installed.sha256');
    }
  });

  it('rebooted nothing', async () => {
    for (const machine of machines) {
      assert.equal(machine.boots, 1);
      assert.equal(await bootCount(machine), 1);
    }
  });

  it('doctor finds nothing wrong', async () => {
    const { exitCode, stdout } = await lab.spotTui(['doctor', '--json']);
    assert.equal(exitCode, 0, stdout);
    const report: { nodes: { node: string; ok: boolean }[] } = JSON.parse(stdout);
    assert.deepEqual(
      report.nodes.map(({ node, ok }) => `${node} ${ok}`).sort(),
      nodes.map((node) => `${node} true`).sort(),
    );
  });

  it('ssh runs the system’s own, with the pinned key', async () => {
    const { exitCode, stdout, stderr } = await lab.spotTui([
      ...['ssh', nodes[0] ?? '', '--', 'id --user --name; exit 7'],
    ]);
    assert.equal(exitCode, 7, stderr);
    assert.equal(stdout.trim(), 'debian');
  });

  it('exec runs on all nodes and groups what is the same', async () => {
    const { exitCode, stdout, stderr } = await lab.spotTui(['exec', '--', 'sudo docker --version']);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout.split('Docker version').length, 2, stdout);
    for (const node of nodes) assert.ok(stdout.includes(node), stdout);
  });

  it('logs shows what the services said', async () => {
    const { exitCode, stdout, stderr } = await lab.spotTui(['logs', nodes[0] ?? '']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /configure-services.*installed \d+ files/);
    assert.match(stdout, /bacalhau-startup.*stand-in for bacalhau/);
  });

  it('a watch tells of a service that stops and comes back, and of the end that EC2 announces', async () => {
    const [, machine] = machines;
    const [, node] = nodes;
    assert.ok(machine && node);
    const { stdout } = await lab.spotTui(['list', node, '--json']);
    const { address }: { address: string } = JSON.parse(stdout).nodes[0];
    // A machine has the second address of its network, the host the first.
    const host = address.replace(/\d+$/, (last) => String(Number(last) - 1));
    const metadata = await MetadataService.start(host);
    try {
      await machine.read(`echo SPOT_TUI_METADATA_URL=${metadata.url} >>/etc/environment`);
      const steps: Promise<unknown>[] = [];
      const deadline = new Date(Date.now() + 120_000);
      const { lines } = await lab.spotTui(['--json', '--watch'], {
        timeout: 90_000,
        onLine: ({ event, node: of, phase }, kill) => {
          if (event !== 'phase' || of !== node) return;
          if (phase === 'ready' && steps.length === 0) {
            steps.push(machine.read('systemctl stop sensor.service'));
          } else if (phase === 'degraded' && steps.length === 1) {
            steps.push(machine.read('systemctl start sensor.service'));
          } else if (phase === 'ready') {
            metadata.announce(deadline);
          } else if (phase === 'interrupted') {
            kill();
          }
        },
      });
      await Promise.all(steps);
      const told = lines.filter((line) => line.event === 'phase' && line.node === node);
      assert.deepEqual(
        told.slice(told.findIndex(({ phase }) => phase === 'ready')).map(({ phase }) => phase),
        ['ready', 'degraded', 'ready', 'interrupted'],
      );
      const degraded = told.find(({ phase }) => phase === 'degraded');
      assert.match(degraded?.reason ?? '', /^sensor\.service: /);
      assert.equal(told.at(-1)?.deadline, deadline.toISOString());
      for (const other of nodes) assert.ok(reached(lines, other, 'ready') > 0);
    } finally {
      await metadata.close();
      await machine.read("sed -i '/^SPOT_TUI_/d' /etc/environment");
    }
  });

  it('has units and user data that systemd and cloud-init find nothing wrong with', async () => {
    const [machine] = machines;
    assert.ok(machine);
    await assertAcceptable(machine);
  });

  for (const command of ['configure', 'push', 'create']) {
    it(`${command} bounces nothing on healthy nodes and launches nothing`, async () => {
      const before = await Promise.all(machines.map(runsOf));
      const { exitCode, stdout, stderr, lines } = await lab.spotTui([command, '--ci', '--json']);
      assert.equal(exitCode, 0, stderr + stdout);
      for (const node of nodes) assert.ok(reached(lines, node, 'ready') > 0);
      assert.deepEqual(await Promise.all(machines.map(runsOf)), before);
      assert.deepEqual(lab.hypervisor.machines, machines);
    });
  }

  it('everything comes back by itself after a reboot', async () => {
    const [machine] = machines;
    const [node] = nodes;
    assert.ok(machine && node);
    await machine.reboot();
    await machine.waitFor('end of the boot', async () => {
      assert.equal((await machine.run('systemctl is-system-running')).stdout.trim(), 'running');
      assert.equal(await machine.read('systemctl is-active bacalhau-startup.service'), 'active');
      return (
        (await machine.read(
          'docker ps --quiet --filter ancestor=spot-tui-lab/bacalhau:stand-in',
        )) !== ''
      );
    });
    assert.equal(await bootCount(machine), 2);
    assert.equal(
      (await machine.run('journalctl --boot --no-pager | grep -i "ordering cycle"')).stdout,
      '',
    );
    const { exitCode, stdout } = await lab.spotTui(['doctor', '--json', node]);
    assert.equal(exitCode, 0, stdout);
  });

  it('push goes on and ends ready when sshd is killed during the upload', async () => {
    const [, , machine] = machines;
    const [, , node] = nodes;
    assert.ok(machine && node);
    const blob = randomBytes(48 * 1024 * 1024);
    await lab.write('files/blob', blob);
    let cut: Promise<void> | undefined;
    const { exitCode, stdout, stderr, lines } = await lab.spotTui(
      ['push', node, '--ci', '--json'],
      {
        onLine: ({ event, done = 0, total = 0 }) => {
          if (event === 'progress' && done > 0 && done < total / 2) cut ??= machine.cutSsh();
        },
      },
    );
    assert.ok(cut, 'the upload was over before sshd could be killed');
    await cut;
    assert.equal(exitCode, 0, stderr + stdout);
    assert.ok(reached(lines, node, 'ready') > 0);
    assert.equal(
      await machine.read('sha256sum </opt/uploaded_files/blob | cut -c 1-64'),
      createHash('sha256').update(blob).digest('hex'),
    );
  });

  it('push goes on and ends ready when the node reboots during the upload', async () => {
    const [, machine] = machines;
    const [, node] = nodes;
    assert.ok(machine && node);
    let reboot: Promise<void> | undefined;
    const { exitCode, stdout, stderr, lines } = await lab.spotTui(
      ['push', node, '--ci', '--json'],
      {
        onLine: ({ event, done = 0, total = 0 }) => {
          if (event === 'progress' && done > 0 && done < total / 2) reboot ??= machine.reboot();
        },
      },
    );
    assert.ok(reboot, 'the upload was over before the node could be rebooted');
    await reboot;
    assert.equal(exitCode, 0, stderr + stdout);
    assert.ok(reached(lines, node, 'ready') > 0);
    assert.equal(await bootCount(machine), 2);
  });

  it('refuses to talk to a node whose host key changed', async () => {
    const [, , machine] = machines;
    const [, , node] = nodes;
    assert.ok(machine && node);
    await machine.read(
      'rm /etc/ssh/ssh_host_* && ssh-keygen -A >/dev/null && systemctl restart ssh.service',
    );
    const { exitCode, stdout, stderr } = await lab.spotTui(['exec', node, '--', 'touch /tmp/in']);
    assert.equal(exitCode, 1);
    assert.match(stderr + stdout, /host key/i);
    const ssh = await lab.spotTui(['ssh', node, '--', 'touch /tmp/in']);
    assert.notEqual(ssh.exitCode, 0);
    assert.match(ssh.stderr, /host key/i);
    assert.equal((await machine.run('test -e /tmp/in')).exitCode, 1);
  });

  it('destroy leaves nothing', async () => {
    const { exitCode, stdout, stderr } = await lab.spotTui(['destroy', '--yes', '--ci']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(lab.hypervisor.machines, []);
    assert.deepEqual(await remainsOf(lab.endpoint.url, bookwormRegion), []);

    const again = await lab.spotTui(['destroy', '--yes', '--ci']);
    assert.equal(again.exitCode, 0, again.stderr + again.stdout);
  });
});
