/* What a machine says of itself, asked past SSH and past the program. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Machine } from './machine.ts';

/** When cloud-init wrote its result; milliseconds since the Unix epoch. */
export const cloudInitEnd = async (machine: Machine): Promise<number> =>
  Number(await machine.read('stat --format %.Y /run/cloud-init/result.json')) * 1000;

/** Boots that the journal knows of. */
export const bootCount = async (machine: Machine): Promise<number> =>
  (
    await machine.read(
      'journalctl --list-boots --no-pager | grep --count -E "^ *-?[0-9]+ [0-9a-f]{32}"',
    )
  )
    .split('\n')
    .map(Number)
    .reduce((sum, count) => sum + count, 0);

/** What must stay the same where nothing is restarted: the runs of services and containers. */
export const runsOf = async (machine: Machine): Promise<string> =>
  await machine.read(
    [
      'for unit in $(cut -f 1 /var/lib/spot-tui/services.tsv) docker.service; do systemctl show --property=Id,InvocationID,ActiveEnterTimestampMonotonic $unit; done',
      'docker ps --no-trunc --format "{{.ID}} {{.Names}}" | sort',
      "docker inspect --format '{{.State.StartedAt}} {{.RestartCount}}' $(docker ps --quiet)",
    ].join('; '),
  );

/** A directory of the contract with the owner and mode that it must have. */
export type Placement = { readonly path: string; readonly owner: string; readonly mode: string };

export const assertPlaced = async (
  machine: Machine,
  placements: readonly Placement[],
): Promise<void> => {
  const paths = placements.map(({ path }) => `'${path}'`).join(' ');
  const { stdout, stderr } = await machine.run(`stat --format '%n %U %a' ${paths}`);
  const expected = placements.map(({ path, owner, mode }) => `${path} ${owner} ${mode}`);
  assert.deepEqual(stdout.trim().split('\n'), expected, stderr);
};

/** Every file below a local folder is on the machine with the same content and mode. */
export const assertInstalled = async (
  machine: Machine,
  local: string,
  remote: string,
  owner: string,
): Promise<void> => {
  const entries = await readdir(local, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  assert.ok(files.length > 0, `${local} is empty`);
  for (const entry of files) {
    const file = path.join(entry.parentPath, entry.name);
    const target = path.posix.join(remote, path.relative(local, file));
    const { mode } = await stat(file);
    const sum = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    assert.equal(
      await machine.read(
        `stat --format '%U %a' '${target}' && sha256sum <'${target}' | cut -c 1-64`,
      ),
      `${owner} ${(mode & 0o777).toString(8)}\n${sum}`,
      target,
    );
  }
};

/** systemd has no complaint about our units, nor cloud-init about the user data. */
export const assertAcceptable = async (machine: Machine): Promise<void> => {
  const units = await machine.read(
    'for unit in configure-services.service $(cut -f 1 /var/lib/spot-tui/services.tsv); do echo /etc/systemd/system/$unit; done',
  );
  const verified = await machine.run(`systemd-analyze verify ${units.replaceAll('\n', ' ')}`);
  assert.equal(verified.exitCode, 0, verified.stderr);
  for (const unit of units.split('\n')) {
    assert.ok(!verified.stderr.includes(path.posix.basename(unit)), verified.stderr);
  }
  const schema = await machine.run(
    'cloud-init schema --config-file /var/lib/cloud/instance/user-data.txt',
  );
  assert.equal(schema.exitCode, 0, schema.stdout + schema.stderr);
  assert.match(schema.stdout, /^Valid/m);
};
