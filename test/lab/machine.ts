import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineRequest } from '../../source/sandbox/hypervisor.ts';
import { type CommandResult, output, runCommand } from './command.ts';
import { killControlGroupNow, makeControlGroup } from './control-group.ts';
import { type MachineQuirks, makeDisk } from './machine-disk.ts';
import { freeSlot, type MachineSlot } from './machine-slot.ts';

/** A booted container that takes itself for an EC2 instance: real systemd, cloud-init, OpenSSH. */
export class Machine {
  readonly instanceId: string;
  /** 0 for the first that was launched. */
  readonly index: number;
  readonly address: string;
  readonly imageId: string;
  readonly #slot: MachineSlot;
  readonly #quirks: MachineQuirks;
  #process: ChildProcess | undefined;
  #procsFile = '';
  #removed = false;
  #boots = 0;
  #booting: Promise<void> | undefined;

  constructor(request: MachineRequest, slot: MachineSlot, quirks: MachineQuirks, index: number) {
    this.instanceId = request.instanceId;
    this.imageId = request.imageId;
    this.address = slot.machineAddress;
    this.#slot = slot;
    this.#quirks = quirks;
    this.index = index;
  }

  /** The host's name for it, `lab-<n>`. */
  get name(): string {
    return this.#slot.name;
  }

  /** How often it was booted. */
  get boots(): number {
    return this.#boots;
  }

  get #root(): string {
    return path.join(this.#slot.folder, 'root');
  }

  get #consoleFile(): string {
    return path.join(this.#slot.folder, 'console');
  }

  /** Lays the machine's disk over the image and boots it. */
  async start(image: string, request: MachineRequest): Promise<void> {
    await makeDisk(this.#slot, image, request, this.#quirks);
    this.#procsFile = await makeControlGroup(this.#slot.name);
    this.#boot();
  }

  /** What the console has shown since the first boot. */
  console(): Promise<string> {
    return readFile(this.#consoleFile, 'utf8');
  }

  /** Process id of the machine's systemd, as the host counts, once it has booted. */
  async leader(): Promise<number> {
    await this.#booting;
    const leader = await this.#findLeader();
    if (leader === undefined) throw new Error(`${this.#slot.name} isn't running.`);
    return leader;
  }

  /** Runs a shell command inside as root, past SSH. */
  async run(command: string, timeout = 60_000): Promise<CommandResult> {
    const leader = await this.leader();
    return await runCommand(
      'nsenter',
      [
        ...['--target', String(leader), '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
        ...[
          '--',
          'env',
          '-i',
          'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
          'HOME=/root',
          'LC_ALL=C.UTF-8',
        ],
        ...['sh', '-c', `cd / && ${command}`],
      ],
      { timeout },
    );
  }

  /** The same for a command that is meant to succeed: its standard output, trimmed. */
  async read(command: string, timeout?: number): Promise<string> {
    const result = await this.run(command, timeout);
    if (result.exitCode !== 0) {
      throw new Error(
        `${this.#slot.name}: ${command} ended with status ${result.exitCode}: ${result.stderr.trim() || result.stdout.trim()}`,
      );
    }
    return result.stdout.trim();
  }

  /** Reboots in an orderly way. Resolves once the machine is up and its systemd answers. */
  async reboot(): Promise<void> {
    const before = await this.bootId();
    await this.run('systemctl reboot --no-block');
    // A command that is caught by the end of its machine may never be told so.
    const patience = 3_000;
    await this.waitFor(
      'a new boot id',
      async () => (await this.bootId(patience)) !== before,
      90_000,
    );
  }

  /** Kills sshd with every session of it; systemd starts it again. */
  async cutSsh(): Promise<void> {
    await this.run("pkill -KILL -x 'sshd|sshd-session|sshd-auth'");
  }

  bootId(timeout?: number): Promise<string> {
    return this.read('cat /proc/sys/kernel/random/boot_id', timeout);
  }

  /** Waits until a check holds; one that throws doesn't hold yet. */
  async waitFor(what: string, check: () => Promise<boolean>, timeout = 30_000): Promise<void> {
    const deadline = Date.now() + timeout;
    let last = '';
    while (Date.now() < deadline) {
      try {
        if (await check()) return;
        last = '';
      } catch (error) {
        last = ` (${String(error)})`;
      }
      await sleep(100);
    }
    throw new Error(`${this.#slot.name}: no ${what} within ${timeout / 1000} s${last}`);
  }

  /** Ends the machine at once and removes everything of it. */
  async remove(): Promise<void> {
    this.#removed = true;
    const exited =
      this.#process?.exitCode === null && this.#process.signalCode === null
        ? once(this.#process, 'exit')
        : undefined;
    killControlGroupNow(this.#procsFile);
    await exited;
    await freeSlot(this.#slot);
  }

  /** Kills the machine without waiting, for a process that is about to end. */
  killNow(): void {
    this.#removed = true;
    if (this.#procsFile !== '') killControlGroupNow(this.#procsFile);
  }

  #boot(): void {
    this.#boots += 1;
    this.#booting = this.#spawn();
    // Whoever runs something inside waits for this and gets the error.
    this.#booting.catch(() => undefined);
  }

  async #spawn(): Promise<void> {
    const log = await open(this.#consoleFile, 'a');
    const child = spawn(
      'sh',
      [
        '-c',
        'echo $$ >"$0" && exec systemd-nspawn "$@"',
        this.#procsFile,
        `--directory=${this.#root}`,
        `--bind=${this.#slot.folder}/docker:/var/lib/docker`,
        `--machine=${this.#slot.name}`,
        `--hostname=${this.#slot.name}`,
        '--boot',
        '--network-veth',
        '--register=no',
        '--keep-unit',
        '--capability=all',
        '--system-call-filter=@keyring bpf',
        '--console=read-only',
        '--resolv-conf=off',
        '--timezone=off',
        '--link-journal=no',
      ],
      {
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: process.env.PATH, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
        detached: true,
      },
    );
    this.#process = child;
    child.once('exit', (code) => {
      // systemd-nspawn leaves the restart after a reboot inside to whoever started it.
      if (code === 133 && !this.#removed) this.#boot();
    });
    await once(child, 'spawn');
    await log.close();
    await this.#connect(child);
  }

  async #connect(child: ChildProcess): Promise<void> {
    const link = `ve-${this.#slot.name}`;
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline && child.exitCode === null && !this.#removed) {
      const leader = await this.#findLeader();
      if (leader !== undefined && (await this.#addressed(leader, link))) {
        if (this.#quirks.reachableAfterCloudInit === true) await this.#cloudInitDone(leader);
        await output('ip', ['link', 'set', link, 'up']);
        return;
      }
      await sleep(20);
    }
    if (this.#removed) return;
    throw new Error(`${this.#slot.name} has not started: ${(await this.console()).slice(-2000)}`);
  }

  /** Gives both ends of the machine's cable their addresses; false while there is no cable. */
  async #addressed(leader: number, link: string): Promise<boolean> {
    const inside = ['--target', String(leader), '--net', 'ip'];
    const seen = await runCommand('nsenter', [...inside, 'link', 'show', 'host0']);
    if (seen.exitCode !== 0) return false;
    const { hostAddress, machineAddress } = this.#slot;
    await output('ip', ['address', 'replace', `${hostAddress}/30`, 'dev', link]);
    await output('nsenter', [
      ...inside,
      'address',
      'replace',
      `${machineAddress}/30`,
      'dev',
      'host0',
    ]);
    await output('nsenter', [...inside, 'link', 'set', 'host0', 'up']);
    return true;
  }

  async #cloudInitDone(leader: number): Promise<void> {
    const result = `/proc/${leader}/root/run/cloud-init/result.json`;
    while (!this.#removed) {
      try {
        await readFile(result);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        await sleep(100);
      }
    }
  }

  async #findLeader(): Promise<number | undefined> {
    const pid = this.#process?.pid;
    if (pid === undefined) return undefined;
    const own = await readlink('/proc/self/ns/pid');
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    for (const child of children.split(' ').filter((word) => word !== '')) {
      const namespace = await readlink(`/proc/${child}/ns/pid`).catch(() => own);
      if (namespace !== own) return Number(child);
    }
    return undefined;
  }
}
