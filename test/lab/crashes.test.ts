import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pipelinePhases } from '../../source/events/phase.ts';
import { assertInstalled, assertPlaced, bootCount, runsOf } from './evidence.ts';
import { skipReason } from './images.ts';
import { bookwormRegion, Lab, type Line, reached, type Starter } from './lab.ts';
import type { Machine } from './machine.ts';
import { placements } from './placements.ts';
import { remainsOf } from './remains.ts';

/** Nodes of the fleet. */
const count = 2;

describe('the program is killed, and run again', { skip: await skipReason() }, () => {
  let lab: Lab;
  let folders: Starter['folders'];
  let machines: readonly Machine[] = [];

  before(async () => {
    // Files must arrive while cloud-init is at work on one node, and after it on the other.
    lab = await Lab.start([{ cloudInitDelay: 10 }, {}]);
    ({ folders } = await lab.begin({ regions: [bookwormRegion], count }));
  });

  after(async () => {
    await lab.close();
  });

  /** Runs a command and kills it with SIGKILL at the first line that is told. */
  const killAt = async (command: readonly string[], isDue: (line: Line) => boolean) => {
    let isKilled = false;
    const { exitCode, stderr, stdout } = await lab.spotTui([...command, '--ci', '--json'], {
      onLine: (line, kill) => {
        if (isKilled || !isDue(line)) return;
        isKilled = true;
        kill();
      },
    });
    assert.ok(isKilled, `it was over before it could be killed: ${stderr}${stdout}`);
    // On a busy machine the last phases may be over before the signal arrives.
    assert.ok(exitCode === null || exitCode === 0, `${exitCode}: ${stderr}${stdout}`);
  };

  /** Instances that EC2 ever launched, by its own ledger. */
  const launched = (): string[] =>
    lab.endpoint.ledger
      .entries()
      .flatMap((entry) => (entry.type === 'launched' ? [entry.instanceId] : []));

  const assertReady = (lines: readonly Line[]): void => {
    const names = new Set(lines.flatMap(({ node }) => node ?? []));
    assert.equal(names.size, count);
    for (const node of names) assert.ok(reached(lines, node, 'ready') > 0);
    assert.equal(lines.at(-1)?.ready, count);
  };

  for (const phase of pipelinePhases) {
    it(`create, killed while ${phase}, has launched no machine twice`, async () => {
      await killAt(['create'], (line) => line.phase === phase);
      assert.ok(launched().length <= count, `${launched().length} machines for ${count} nodes`);
    });
  }

  it('create then brings the same fleet to ready', async () => {
    const { exitCode, lines, stderr, stdout } = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    assertReady(lines);
    machines = lab.hypervisor.machines;
    assert.deepEqual(machines.map(({ instanceId }) => instanceId).sort(), launched().sort());
    assert.equal(machines.length, count);
    for (const machine of machines) {
      await assertPlaced(machine, placements('debian'));
      const scripts = path.join(lab.folder, folders.scripts ?? '');
      await assertInstalled(machine, scripts, '/opt/uploaded_files/scripts', 'debian');
      assert.equal(await bootCount(machine), 1);
    }
  });

  it('create again bounces nothing', async () => {
    const runs = await Promise.all(machines.map(runsOf));
    const { exitCode, stderr, stdout } = await lab.spotTui(['create', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(await Promise.all(machines.map(runsOf)), runs);
    assert.equal(launched().length, count);
  });

  for (const phase of ['connecting', 'uploading', 'configuring', 'verifying'] as const) {
    it(`push, killed while ${phase}, is made good by push`, async () => {
      // Large enough for its upload to be cut in the middle.
      await lab.write('files/blob', randomBytes(8 * 1024 * 1024));
      await killAt(['push'], (line) =>
        phase === 'uploading'
          ? line.event === 'progress' && (line.done ?? 0) > 0
          : line.event === 'phase' && line.phase === phase,
      );
      const { exitCode, lines, stderr, stdout } = await lab.spotTui(['push', '--ci', '--json']);
      assert.equal(exitCode, 0, stderr + stdout);
      assertReady(lines);
      for (const machine of machines) {
        const files = path.join(lab.folder, folders.files ?? '');
        await assertInstalled(machine, files, '/opt/uploaded_files', 'debian');
        assert.equal((await machine.run('ls -d /tmp/exs/.incoming.*')).exitCode, 2);
      }
      assert.equal(launched().length, count);
    });
  }

  it('destroy, killed while machines terminate, is made good by destroy', async () => {
    await killAt(['destroy', '--yes'], (line) => line.phase === 'terminating');
    const { exitCode, stderr, stdout } = await lab.spotTui(['destroy', '--yes', '--ci']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(lab.hypervisor.machines, []);
    assert.deepEqual(await remainsOf(lab.endpoint.url, bookwormRegion), []);
  });
});
