import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { output, runCommand } from './command.ts';
import { endControlGroup } from './control-group.ts';

/**
 * A machine's place on the host: a number that gives it a folder, a name and a network of its own.
 * Taking one is atomic, so that two runs of the lab on one host don't meet.
 */
export type MachineSlot = {
  readonly index: number;
  /** At most 11 characters: the host's network interface is named `ve-<name>`. */
  readonly name: string;
  readonly folder: string;
  readonly hostAddress: string;
  readonly machineAddress: string;
};

/** Where images are cached and machines have their disks. */
export const labFolder = (): string =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'spot-tui-lab');

/** Where systemd-nspawn keeps what it would have removed itself, had it not been killed. */
const nspawnFolder = '/run/systemd/nspawn';

/** Milliseconds within which whoever takes a slot writes its name into it. */
const justTaken = 5000;

const slotsFolder = (): string => path.join(labFolder(), 'machines');

const slotAt = (index: number): MachineSlot => {
  const network = index * 4;
  const prefix = `10.99.${network >> 8}`;
  return {
    index,
    name: `lab-${index}`,
    folder: path.join(slotsFolder(), String(index)),
    hostAddress: `${prefix}.${(network & 255) + 1}`,
    machineAddress: `${prefix}.${(network & 255) + 2}`,
  };
};

/** Takes the first free slot. */
export const takeSlot = async (): Promise<MachineSlot> => {
  await mkdir(slotsFolder(), { recursive: true });
  for (let index = 0; index < 1024; index += 1) {
    const slot = slotAt(index);
    try {
      await mkdir(slot.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    await writeFile(path.join(slot.folder, 'owner'), await processIdentity(process.pid));
    return slot;
  }
  throw new Error(`All machine slots under ${slotsFolder()} are taken.`);
};

/** Ends whatever still runs in the slot and removes everything of it. */
export const freeSlot = async (slot: MachineSlot): Promise<void> => {
  await endControlGroup(slot.name);
  // The kernel takes its time to remove the interface after the machine's last process.
  await runCommand('ip', ['link', 'delete', `ve-${slot.name}`]);
  const root = path.join(slot.folder, 'root');
  const leftovers = [path.join(nspawnFolder, 'propagate', slot.name)];
  if (await isMounted(root)) {
    const { dev, ino } = await stat(root);
    leftovers.push(path.join(nspawnFolder, 'locks', `inode-${dev}:${ino}`));
    await output('umount', ['--recursive', root]);
  }
  for (const leftover of leftovers) await rm(leftover, { recursive: true, force: true });
  await rm(slot.folder, { recursive: true, force: true, maxRetries: 5 });
};

/** Frees the slots of runs that ended without doing so; returns the names of what was left. */
export const freeAbandonedSlots = async (): Promise<string[]> => {
  const entries = await readdir(slotsFolder()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const abandoned: string[] = [];
  for (const entry of entries) {
    const slot = slotAt(Number(entry));
    const owner = await readFile(path.join(slot.folder, 'owner'), 'utf8').catch(() => '');
    const pid = Number(owner.split(' ')[0]);
    if (owner !== '' && owner === (await processIdentity(pid))) continue;
    if (owner === '' && Date.now() - (await stat(slot.folder)).mtimeMs < justTaken) continue;
    await freeSlot(slot);
    abandoned.push(slot.name);
  }
  return abandoned;
};

/** A process id with its start time, since ids come around again; empty for a process that is gone. */
const processIdentity = async (pid: number): Promise<string> => {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const afterName = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const startTime = afterName[19];
  return startTime === undefined ? '' : `${pid} ${startTime}`;
};

const isMounted = async (folder: string): Promise<boolean> =>
  (await readFile('/proc/self/mounts', 'utf8')).includes(` ${folder} `);
