import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { skipReason } from './images.ts';
import {
  bookwormRegion,
  type Configuration,
  failureOf,
  Lab,
  nodeOf,
  type ProgramResult,
  reached,
  type Starter,
} from './lab.ts';
import type { Machine } from './machine.ts';

/** Every archive that is unpacked in the inbox loses a bit, as on a disk or memory that is dying. */
const flipsBits = `
cat >usr/local/bin/tar <<'END'
#!/bin/sh
/usr/bin/tar "$@" || exit
case $* in
  *-C*/tmp/exs/*) printf x >>"$(find /tmp/exs -name greeting | head -n 1)" ;;
esac
END
chmod +x usr/local/bin/tar
`;

/** cloud-init runs what it finds here, and tells that it failed. */
const failsCloudInit = `
mkdir -p var/lib/cloud/scripts/per-instance
printf '#!/bin/sh\\necho "the disk shelf is on fire" >&2\\nexit 3\\n' >var/lib/cloud/scripts/per-instance/shelf.sh
chmod +x var/lib/cloud/scripts/per-instance/shelf.sh
`;

const unit = (script: string): string => `[Unit]
Description=A service of the user's
Requires=configure-services.service
After=configure-services.service

[Service]
ExecStart=/opt/uploaded_files/scripts/${script}
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

describe('what goes wrong on a booted machine', { skip: await skipReason() }, () => {
  let lab: Lab;
  let configuration: Configuration;
  let folders: Starter['folders'];
  let created: ProgramResult;
  let machines: readonly Machine[] = [];
  let nodes: readonly string[] = [];

  before(async () => {
    lab = await Lab.start([{ beforeBoot: flipsBits }, { beforeBoot: failsCloudInit }]);
    ({ configuration, folders } = await lab.begin({ regions: [bookwormRegion], count: 3 }));
    created = await lab.spotTui(['create', '--ci', '--json']);
    machines = lab.hypervisor.machines;
    assert.equal(machines.length, 3, created.stderr + created.stdout);
    nodes = machines.map(({ instanceId }) => nodeOf(created.lines, instanceId));
  });

  after(async () => {
    await lab.close();
  });

  /** Runs a command on a node and expects it to end ready. */
  const mended = async (...parameters: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr, lines } = await lab.spotTui([
      ...parameters,
      '--ci',
      '--json',
    ]);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.ok(reached(lines, parameters[1] ?? '', 'ready') > 0);
  };

  it('ends with status 1 and says how many nodes are ready', () => {
    assert.equal(created.exitCode, 1, created.stderr + created.stdout);
    const summary = created.lines.at(-1);
    assert.equal(summary?.event, 'summary');
    assert.equal(summary.ready, 1);
    assert.equal(summary.failed, 2);
    assert.ok(reached(created.lines, nodes[2] ?? '', 'ready') > 0);
  });

  it('a corrupt upload: names the file; ready after push, once the cause is gone', async () => {
    const [machine] = machines;
    const [node] = nodes;
    assert.ok(machine && node);
    const { failedPhase, reason = '', hint } = failureOf(created.lines, node);
    assert.equal(failedPhase, 'uploading');
    assert.match(reason, /files\/greeting.*corrupt/);
    assert.ok(hint);
    assert.equal((await machine.run('test -e /tmp/exs/manifest.sha256')).exitCode, 1);

    await machine.read('rm /usr/local/bin/tar');
    await mended('push', node);
  });

  it('cloud-init that fails: says what failed; ready after configure', async () => {
    const [, machine] = machines;
    const [, node] = nodes;
    assert.ok(machine && node);
    const failure = failureOf(created.lines, node);
    assert.equal(failure.failedPhase, 'cloud-init');
    assert.match(failure.reason ?? '', /scripts.per.instance/);
    assert.match(JSON.stringify(failure), /the disk shelf is on fire/);

    await mended('configure', node);
  });

  it('a service that ends with status 1: named, with its status; ready after push', async () => {
    const [, , node] = nodes;
    assert.ok(node);
    await lab.write(`${folders.units}/moody.service`, unit('moody.sh'));
    await lab.write(
      `${folders.scripts}/moody.sh`,
      '#!/bin/sh\necho "no coffee left" >&2\nexit 1\n',
      0o755,
    );
    const pushed = await lab.spotTui(['push', node, '--ci', '--json']);
    assert.equal(pushed.exitCode, 1, pushed.stderr + pushed.stdout);
    const failure = failureOf(pushed.lines, node);
    assert.equal(failure.failedPhase, 'verifying');
    assert.match(failure.reason ?? '', /moody\.service.*status 1/);
    assert.match(JSON.stringify(failure), /no coffee left/);

    await lab.write(`${folders.scripts}/moody.sh`, '#!/bin/sh\nexec sleep infinity\n', 0o755);
    await mended('push', node);
  });

  it('a unit file missing from the payload: named; ready after push', async () => {
    const [, , node] = nodes;
    assert.ok(node);
    await lab.writeConfiguration({
      ...configuration,
      services: ['bacalhau-startup.service', 'absent.service'],
    });
    const pushed = await lab.spotTui(['push', node, '--ci', '--json']);
    assert.equal(pushed.exitCode, 1, pushed.stderr + pushed.stdout);
    const { reason, hint } = failureOf(pushed.lines, node);
    assert.match(reason ?? '', /absent\.service/);
    assert.match(hint ?? '', /unit file/);

    await lab.write(`${folders.units}/absent.service`, unit('moody.sh'));
    await mended('push', node);
  });

  it('a full disk: said with what is left; ready after push, once there is room', async () => {
    const [, , machine] = machines;
    const [, , node] = nodes;
    assert.ok(machine && node);
    await lab.write(`${folders.files}/blob`, randomBytes(512 * 1024));
    await machine.read('mount -o remount,size=256k /tmp');
    const pushed = await lab.spotTui(['push', node, '--ci', '--json']);
    assert.equal(pushed.exitCode, 1, pushed.stderr + pushed.stdout);
    const { failedPhase, reason, hint } = failureOf(pushed.lines, node);
    assert.equal(failedPhase, 'uploading');
    assert.match(reason ?? '', /no space left/i);
    assert.ok(hint);

    await machine.read('mount -o remount,size=64m /tmp');
    await mended('push', node);
  });

  it('a script missing that a unit names: both named; ready after push', async () => {
    const [, , node] = nodes;
    assert.ok(node);
    await lab.write(`${folders.units}/absent.service`, unit('forgotten.sh'));
    const pushed = await lab.spotTui(['push', node, '--ci', '--json']);
    assert.equal(pushed.exitCode, 1, pushed.stderr + pushed.stdout);
    assert.match(failureOf(pushed.lines, node).reason ?? '', /absent\.service.*forgotten\.sh/);

    await lab.write(`${folders.scripts}/forgotten.sh`, '#!/bin/sh\nexec sleep infinity\n', 0o755);
    await mended('push', node);
  });
});
