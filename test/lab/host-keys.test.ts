import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipReason } from './images.ts';
import {
  bookwormRegion,
  failureOf,
  Lab,
  nodeOf,
  type ProgramResult,
  reached,
  trixieRegion,
} from './lab.ts';
import type { Machine } from './machine.ts';

/** At the machine's address answers an sshd that is not its own, and writes down what it is told. */
const impostor = {
  beforeBoot: `
    ssh-keygen -q -t ed25519 -N '' -f etc/impostor_key
    mkdir -p etc/systemd/system/ssh.service.d
    cat >etc/systemd/system/ssh.service.d/impostor.conf <<'END'
[Service]
ExecStart=
ExecStart=/usr/sbin/sshd -D -h /etc/impostor_key -o LogLevel=DEBUG2
END
  `,
};

/** Fingerprint of a key on a machine, by the machine's own word. */
const fingerprintOn = async (machine: Machine, file: string): Promise<string> =>
  (await machine.read(`ssh-keygen -lf ${file}`)).split(' ')[1] ?? '';

const ownKey = '/etc/ssh/ssh_host_ed25519_key.pub';

describe('host keys of booted machines', { skip: await skipReason() }, () => {
  let lab: Lab;
  let created: ProgramResult;
  let grown: ProgramResult;
  let machines: readonly Machine[] = [];

  before(async () => {
    lab = await Lab.start([{}, {}, impostor, impostor]);
    await lab.begin({ regions: [bookwormRegion, trixieRegion], count: 2 });
    created = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    grown = await lab.spotTui(['create', '--ci', '--json', '--count', '4']);
    machines = lab.hypervisor.machines;
    assert.equal(machines.length, 4, grown.stderr + grown.stdout);
  });

  after(async () => {
    await lab.close();
  });

  it('are on the console before cloud-init does what the user data says, and before SSH answers', async () => {
    for (const { instanceId } of machines.slice(0, 2)) {
      const text = await lab.hypervisor.consoleOutput(instanceId);
      const listed = text.indexOf('spot-tui: end of host keys');
      assert.ok(listed > 0, text);
      assert.ok(listed < text.indexOf("running 'modules:config'"), text);
      assert.ok(listed < text.indexOf('Started ssh.service'), text);
    }
  });

  it('are verified by it, and kept as a tag', async (context) => {
    for (const machine of machines.slice(0, 2)) {
      const node = nodeOf(created.lines, machine.instanceId);
      const told = created.lines.findLast(
        (line) => line.event === 'instance' && line.node === node,
      );
      assert.equal(told?.hostKey, 'verified');
      assert.equal(told.hostKeyFingerprint, await fingerprintOn(machine, ownKey));
      const took =
        reached(created.lines, node, 'uploading') - reached(created.lines, node, 'connecting');
      context.diagnostic(`${node} was connecting for ${took} ms`);
    }
    const list = await lab.spotTui(['list', '--json']);
    const { nodes } = JSON.parse(list.stdout);
    const verified = machines.slice(0, 2).map(({ instanceId }) => instanceId);
    for (const { hostKey, instanceId } of nodes) {
      assert.equal(hostKey, verified.includes(instanceId) ? 'verified' : null);
    }
  });

  it('cost no more than a few looks at each console', (context) => {
    const looks = lab.endpoint.ledger.callCount('GetConsoleOutput');
    context.diagnostic(`${looks} calls for 4 machines`);
    assert.ok(looks >= 4 && looks <= 24, `${looks} calls`);
  });

  it('that are somebody else’s end the connection before any login', async () => {
    assert.equal(grown.exitCode, 1);
    for (const machine of machines.slice(2)) {
      const node = nodeOf(grown.lines, machine.instanceId);
      const { failedPhase, hint = '', reason = '' } = failureOf(grown.lines, node);
      assert.equal(failedPhase, 'connecting');
      assert.match(reason, /the console of i-\w+ lists other keys: /);
      assert.ok(reason.includes(`ED25519 ${await fingerprintOn(machine, ownKey)}`), reason);
      assert.ok(reason.includes(await fingerprintOn(machine, '/etc/impostor_key.pub')), reason);
      assert.match(hint, /nothing was sent/);

      const heard = await machine.read('journalctl --no-pager -u ssh');
      assert.match(heard, /Connection from /);
      assert.match(heard, /SSH2_MSG_KEXINIT received/);
      assert.doesNotMatch(heard, /userauth|Accepted|NEWKEYS received|user debian/);
    }
  });

  it('that are somebody else’s end the system’s ssh as well', async () => {
    const [, , machine] = machines;
    assert.ok(machine);
    const node = nodeOf(grown.lines, machine.instanceId);
    const { exitCode, stderr } = await lab.spotTui(['ssh', node, '--', 'true']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /lists other keys/);
  });

  it('stay the same over a reboot, and are pinned', async () => {
    const [machine] = machines;
    assert.ok(machine);
    await machine.reboot();
    const node = nodeOf(created.lines, machine.instanceId);
    const { exitCode, stdout, stderr } = await lab.spotTui(['ssh', node, '--', 'echo', 'hello']);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, 'hello\n');
  });
});
