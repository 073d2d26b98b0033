import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MachineRequest } from '../../source/sandbox/hypervisor.ts';
import { output } from './command.ts';
import type { MachineSlot } from './machine-slot.ts';

/** How a machine differs from one that behaves. */
export type MachineQuirks = {
  /** Seconds by which cloud-init's last stage is late at first boot. */
  readonly cloudInitDelay?: number;
  /** The network comes up only once cloud-init has finished. */
  readonly reachableAfterCloudInit?: boolean;
  /** Shell commands that run in the machine's root directory before it boots, as root. */
  readonly beforeBoot?: string;
};

/** Lays a machine's disk over an image, in the slot's folder `root`, ready for its first boot. */
export const makeDisk = async (
  { folder, machineAddress, name }: MachineSlot,
  image: string,
  request: MachineRequest,
  quirks: MachineQuirks,
): Promise<void> => {
  for (const part of ['root', 'upper', 'work', 'docker']) await mkdir(path.join(folder, part));
  const root = path.join(folder, 'root');
  const layers = `lowerdir=${image},upperdir=${folder}/upper,workdir=${folder}/work`;
  await output('mount', ['-t', 'overlay', '-o', layers, name, root]);
  await writeIdentity(root);
  await writeSeed(root, `ip-${machineAddress.replaceAll('.', '-')}`, request);
  if (quirks.cloudInitDelay !== undefined) await delayCloudInit(root, quirks.cloudInitDelay);
  if (quirks.beforeBoot !== undefined) {
    await output('sh', ['-euc', quirks.beforeBoot], { directory: root });
  }
};

/** With an id of its own and a journal that outlives reboots. */
const writeIdentity = async (root: string): Promise<void> => {
  const uuid = await readFile('/proc/sys/kernel/random/uuid', 'utf8');
  await writeFile(path.join(root, 'etc/machine-id'), uuid.replaceAll('-', ''));
  await mkdir(path.join(root, 'var/log/journal'), { recursive: true });
};

/** https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html */
const writeSeed = async (
  root: string,
  hostname: string,
  { instanceId, publicKey, userData }: MachineRequest,
): Promise<void> => {
  const metaData = {
    'instance-id': instanceId,
    'local-hostname': hostname,
    ...(publicKey === undefined ? {} : { 'public-keys': [publicKey.trim()] }),
  };
  const seed = path.join(root, 'var/lib/cloud/seed/nocloud');
  await mkdir(seed, { recursive: true });
  await writeFile(path.join(seed, 'meta-data'), `${JSON.stringify(metaData)}\n`);
  await writeFile(path.join(seed, 'user-data'), userData);
};

const delayCloudInit = async (root: string, seconds: number): Promise<void> => {
  const dropIns = path.join(root, 'etc/systemd/system/cloud-final.service.d');
  await mkdir(dropIns, { recursive: true });
  await writeFile(
    path.join(dropIns, 'late.conf'),
    `[Service]\nExecStartPre=/bin/sh -c 'mkdir /var/lib/late-once && sleep ${seconds} || true'\n`,
  );
};
