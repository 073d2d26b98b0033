import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import {
  mirroringCheckout,
  type OldFiles,
  oldCheckout,
  writeOldCheckout,
} from '../old-checkout.ts';
import { assertAcceptable, assertPlaced, bootCount } from './evidence.ts';
import { skipReason } from './images.ts';
import { type Configuration, Lab, nodeOf, type ProgramResult, trixieRegion } from './lab.ts';
import type { Machine } from './machine.ts';
import { placements } from './placements.ts';

/** Writes an old checkout and takes it over, then adds nothing but what the lab needs. */
const takeOver = async (lab: Lab, files: OldFiles): Promise<ProgramResult> => {
  // Images that are there without a way out stand in for the real ones.
  const standIn = (text: string) =>
    text.replaceAll(
      /image: ghcr\.io\/\S*\/(bacalhau|sensor)\S*/g,
      'image: spot-tui-lab/$1:stand-in',
    );
  await writeOldCheckout(
    path.join(lab.folder, 'old'),
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [
        name,
        typeof file === 'string' ? standIn(file) : file,
      ]),
    ),
  );
  const begun = await lab.spotTui(['init', '--from', 'old', '--json']);
  assert.equal(begun.exitCode, 0, begun.stderr + begun.stdout);
  const imported: Configuration = parse(
    await readFile(path.join(lab.folder, 'config.yaml'), 'utf8'),
  );
  await lab.writeConfiguration({
    ...imported,
    deployment: 'lab',
    aws: {
      ...imported.aws,
      total_instances: 1,
      public_ssh_key_path: 'key.pub',
      private_ssh_key_path: 'key',
      ssh_allowed_cidrs: ['10.99.0.0/16'],
    },
    regions: [{ [trixieRegion]: { machine_type: 't3.medium' } }],
    settle_time: '2s',
  });
  return begun;
};

describe('a machine with what was deployed by the old scripts', {
  skip: await skipReason(),
}, () => {
  let lab: Lab;
  let begun: ProgramResult;
  let created: ProgramResult;
  let machine: Machine;

  before(async () => {
    lab = await Lab.start([{ cloudInitDelay: 4 }]);
    begun = await takeOver(lab, oldCheckout);
    created = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    const [first] = lab.hypervisor.machines;
    assert.ok(first);
    machine = first;
  });

  after(async () => {
    await lab.close();
  });

  it('init names what there is to do by hand, and nothing else is done', () => {
    const { toDo } = JSON.parse(begun.stdout);
    // The key is the lab's; the others stop no node from being ready.
    assert.deepEqual(
      toDo.map((line: string) => line.replace(/^([\w.-]+(?:, [\w.-]+)*)[: ].*$/s, '$1')),
      [
        'identity.sh',
        'bacalhau.service, sensor-generator.service',
        'sensor-generator.service',
        'config.yaml',
        'config.yaml',
      ],
    );
  });

  it('create takes it to ready, and reboots nothing', async () => {
    assert.equal(created.lines.at(-1)?.ready, 1);
    assert.equal(machine.boots, 1);
    assert.equal(await bootCount(machine), 1);
  });

  it('has everything where the scripts look for it', async () => {
    await assertPlaced(machine, [
      ...placements('ubuntu'),
      { path: '/opt/uploaded_files/orchestrator_token', owner: 'ubuntu', mode: '600' },
      { path: '/opt/uploaded_files/credentials.json', owner: 'ubuntu', mode: '600' },
      { path: '/opt/uploaded_files/scripts/startup.sh', owner: 'ubuntu', mode: '755' },
    ]);
    assert.equal(await machine.read('cat /opt/from-the-template'), 'for the sensors');
    assert.match(await machine.read('cat /bacalhau_node/config.yaml'), /Token: "an-old-token"/);
    await machine.read('test -s /opt/sensor/config/sensor-config.yaml');
    await machine.read('grep -q done /opt/startup.log');
    await machine.read('test -s /opt/sensor/config/node_identity.json');
  });

  it('runs the services, the required one that was never uploaded among them', async () => {
    for (const unit of [
      'bacalhau.service',
      'sensor-generator.service',
      'setup-config.service',
      'startup-script.service',
      'additional-commands.service',
    ]) {
      assert.equal(await machine.read(`systemctl is-active ${unit}`), 'active', unit);
    }
    assert.equal(
      await machine.read('docker ps --format "{{.Names}}" | sort'),
      'bacalhau-node\nsensor-log-generator',
    );
    await assertAcceptable(machine);
  });

  it('comes back by itself after a reboot', async () => {
    await machine.reboot();
    await machine.waitFor('end of the boot', async () => {
      assert.equal((await machine.run('systemctl is-system-running')).stdout.trim(), 'running');
      return (await machine.read('docker ps --quiet | wc -l')) === '2';
    });
    const node = nodeOf(created.lines, machine.instanceId);
    const { exitCode, stdout } = await lab.spotTui(['doctor', '--json', node]);
    assert.equal(exitCode, 0, stdout);
  });
});

describe('a machine with the later layout, which mirrors its root', {
  skip: await skipReason(),
}, () => {
  let lab: Lab;

  before(async () => {
    lab = await Lab.start([{}]);
  });

  after(async () => {
    await lab.close();
  });

  it('is ready with every file where it lay, put there before the units start', async () => {
    await takeOver(lab, mirroringCheckout);
    const { exitCode, stderr, stdout } = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    const [machine] = lab.hypervisor.machines;
    assert.ok(machine);
    await assertPlaced(machine, [
      { path: '/opt/compose', owner: 'ubuntu', mode: '755' },
      { path: '/opt/compose/docker-compose-bacalhau.yaml', owner: 'ubuntu', mode: '644' },
      { path: '/usr/local/bin/greet', owner: 'root', mode: '755' },
    ]);
    assert.equal(await machine.read('docker ps --format "{{.Names}}"'), 'bacalhau-node');
    assert.equal(await machine.read('systemctl show --property=NRestarts --value bacalhau'), '0');
  });
});
