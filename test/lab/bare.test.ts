import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipReason } from './images.ts';
import { bookwormRegion, Lab, nodeOf, type ProgramResult, trixieRegion } from './lab.ts';

/** Takes Docker from the machine and leaves its packages in the only archive that apt knows. */
const withoutDocker = `
printf '#!/bin/sh\\nexit 101\\n' >usr/sbin/policy-rc.d
chmod +x usr/sbin/policy-rc.d
archive=usr/local/share/spot-tui-lab/archive
chroot . dpkg --purge $(sed -n 's/^Package: //p' $archive/Packages) >/dev/null 2>&1
rm -rf usr/sbin/policy-rc.d etc/apt/sources.list.d/*
echo "deb [trusted=yes] file:/$archive ./" >etc/apt/sources.list
test ! -e usr/sbin/dockerd
`;

describe('machines that begin without Docker, as Ubuntu does', { skip: await skipReason() }, () => {
  let lab: Lab;
  let created: ProgramResult;

  before(async () => {
    lab = await Lab.start([{ beforeBoot: withoutDocker }, { beforeBoot: withoutDocker }]);
    await lab.begin({ regions: [bookwormRegion, trixieRegion], count: 2 });
    created = await lab.spotTui(['create', '--ci', '--json']);
  });

  after(async () => {
    await lab.close();
  });

  it('get it from their distribution’s archive and become ready, in two regions', () => {
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    assert.equal(created.lines.at(-1)?.ready, 2);
    assert.deepEqual(
      lab.hypervisor.machines.map(({ instanceId }) => nodeOf(created.lines, instanceId)).sort(),
      [`${trixieRegion}-1`, `${bookwormRegion}-1`],
    );
  });

  it('run the containers', async () => {
    for (const machine of lab.hypervisor.machines) {
      assert.equal(
        await machine.read('docker ps --format "{{.Names}}" | sort | paste -sd " "'),
        'bacalhau-node sensor-log-generator',
      );
    }
  });

  it('let the login user use Docker and Compose', async () => {
    for (const { instanceId } of lab.hypervisor.machines) {
      const node = nodeOf(created.lines, instanceId);
      const ssh = await lab.spotTui([
        'ssh',
        node,
        '--',
        'docker ps --quiet; docker compose version',
      ]);
      assert.equal(ssh.exitCode, 0, ssh.stderr + ssh.stdout);
    }
  });
});
