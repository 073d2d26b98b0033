import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
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
  type Configuration,
  Lab,
  nodeOf,
  type ProgramResult,
  reached,
  type Starter,
  trixieRegion,
  uploaded,
} from './lab.ts';
import type { Machine } from './machine.ts';
import { placements } from './placements.ts';
import { remainsOf } from './remains.ts';

describe('two machines with newer cloud-init, OpenSSH and Compose', {
  skip: await skipReason(),
}, () => {
  let lab: Lab;
  let configuration: Configuration;
  let folders: Starter['folders'];
  let created: ProgramResult;
  let machines: readonly Machine[] = [];
  let nodes: readonly string[] = [];

  before(async () => {
    lab = await Lab.start([{ cloudInitDelay: 8 }, { reachableAfterCloudInit: true }]);
    ({ configuration, folders } = await lab.begin({ regions: [trixieRegion], count: 2 }));
    const killed = await lab.spotTui(['create', '--ci', '--json'], {
      onLine: ({ phase }, kill) => {
        if (phase === 'connecting') kill();
      },
    });
    assert.equal(killed.exitCode, null);
    machines = lab.hypervisor.machines;
    created = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    assert.equal(machines.length, 2);
    nodes = machines.map(({ instanceId }) => nodeOf(created.lines, instanceId));
  });

  after(async () => {
    await lab.close();
  });

  it('create carries on where a killed one left off, and launches nothing twice', () => {
    assert.deepEqual(lab.hypervisor.machines, machines);
    assert.equal(created.lines.at(-1)?.ready, 2);
  });

  it('create takes both to ready, uploading before and after cloud-init', async () => {
    const [slow, late] = machines;
    const [slowNode, lateNode] = nodes;
    assert.ok(slow && slowNode && late && lateNode);
    assert.ok(uploaded(created.lines, slowNode) < (await cloudInitEnd(slow)));
    assert.ok(reached(created.lines, lateNode, 'uploading') > (await cloudInitEnd(late)));
  });

  it('has everything in its place and has rebooted nothing', async () => {
    for (const machine of machines) {
      await assertPlaced(machine, placements('debian'));
      const scripts = path.join(lab.folder, folders.scripts);
      await assertInstalled(machine, scripts, '/opt/uploaded_files/scripts', 'debian');
      assert.equal(machine.boots, 1);
      assert.equal(await bootCount(machine), 1);
      await machine.read(
        'test -n "$(docker ps --quiet --filter ancestor=spot-tui-lab/bacalhau:stand-in)"',
      );
    }
  });

  it('has units and user data that systemd and cloud-init find nothing wrong with', async () => {
    const [machine] = machines;
    assert.ok(machine);
    await assertAcceptable(machine);
  });

  it('configure bounces nothing on healthy nodes', async () => {
    const before = await Promise.all(machines.map(runsOf));
    const { exitCode, stdout, stderr } = await lab.spotTui(['configure', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(await Promise.all(machines.map(runsOf)), before);
  });

  it('push takes the old system’s layout, and removes what is no longer part of it', async () => {
    const { scripts_directory, config_directory, units_directory, files_directory, ...aws } =
      configuration.aws;
    const unit = await readFile(
      `${lab.folder}/${units_directory}/bacalhau-startup.service`,
      'utf8',
    );
    // The old units require one that the old system never uploaded.
    await lab.write(
      'instance/scripts/bacalhau-startup.service',
      unit.replace('Requires=', 'Requires=setup-config.service '),
    );
    await cp(
      `${lab.folder}/${scripts_directory}/bacalhau-startup.sh`,
      `${lab.folder}/instance/scripts/bacalhau-startup.sh`,
    );
    await lab.write('instance/startup.sh', '#!/bin/bash\nset -e\ntouch /opt/started-up\n');
    await lab.writeConfiguration({
      ...configuration,
      aws: {
        ...aws,
        scripts_directory: 'instance/scripts',
        startup_script: 'instance/startup.sh',
        bacalhau_config_template: `${config_directory}/bacalhau-config.yaml`,
        docker_compose_template: `${config_directory}/docker-compose.yaml`,
      },
    });
    const { exitCode, stdout, stderr } = await lab.spotTui(['push', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    for (const machine of machines) {
      await machine.read('test -e /opt/started-up');
      assert.equal(await machine.read('docker ps --format "{{.Names}}"'), 'bacalhau-node');
      for (const gone of [
        '/etc/systemd/system/sensor.service',
        '/etc/systemd/system/multi-user.target.wants/sensor.service',
        '/opt/uploaded_files/scripts/sensor.sh',
        '/opt/uploaded_files/greeting',
      ]) {
        assert.equal((await machine.run(`test -e ${gone}`)).exitCode, 1, gone);
      }
    }
  });

  it('everything comes back by itself after a reboot', async () => {
    const [machine] = machines;
    const [node] = nodes;
    assert.ok(machine && node);
    await machine.reboot();
    await machine.waitFor('end of the boot', async () => {
      assert.equal((await machine.run('systemctl is-system-running')).stdout.trim(), 'running');
      return (
        (await machine.read(
          'docker ps --quiet --filter ancestor=spot-tui-lab/bacalhau:stand-in',
        )) !== ''
      );
    });
    const { exitCode, stdout } = await lab.spotTui(['doctor', '--json', node]);
    assert.equal(exitCode, 0, stdout);
  });

  it('destroy leaves nothing', async () => {
    const { exitCode, stdout, stderr } = await lab.spotTui(['destroy', '--yes', '--ci']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(lab.hypervisor.machines, []);
    assert.deepEqual(await remainsOf(lab.endpoint.url, trixieRegion), []);
  });
});
