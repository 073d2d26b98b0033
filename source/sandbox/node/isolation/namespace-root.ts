import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { NodeShell } from '../node-shell.ts';
import { endedCommand, launch, type ProcessWithin } from './launch.ts';
import { firstOutput, toolEnvironment, type UserNamespace } from './namespaces.ts';
import type { NodeCommand, NodeRoot, RunningCommand } from './node-root.ts';
import type { PipePool } from './pipe-pool.ts';
import type { Spawner } from './spawner.ts';

/**
 * What even root of a node keeps of root's rights, over the node's own files and processes. Mounting,
 * making devices, changing the root folder and the like are not among them.
 */
const keptCapabilities =
  '-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+net_bind_service';

/** Milliseconds between looks whether a full disk is to have room again. */
const diskWatchInterval = 1000;

/** A node in mount, process, network, name and IPC namespaces of its own. */
export class NamespaceRoot implements NodeRoot {
  readonly kind = 'namespaces';
  readonly distinguishesUsers: boolean;
  readonly callsFolder: string;
  readonly #folder: string;
  readonly #hostname: string;
  readonly #namespace: UserNamespace;
  readonly #diskScript: string;
  readonly #pipes: PipePool;
  readonly #spawner: Spawner | undefined;
  readonly #onLost: () => void;
  #isDiskMoved = false;
  #diskWatch: NodeJS.Timeout | undefined;
  #first: { readonly child: ChildProcess; readonly pid: string } | undefined;

  constructor(options: {
    /** The node's folder, made from the skeleton. */
    readonly folder: string;
    readonly hostname: string;
    readonly namespace: UserNamespace;
    /** `templates/sandbox/fill-disk`. */
    readonly diskScript: string;
    readonly pipes: PipePool;
    /** What starts commands; without one this process does. */
    readonly spawner?: Spawner;
    /** Hears that all that ran in the node is gone though nobody stopped it. */
    readonly onLost: () => void;
  }) {
    this.#folder = options.folder;
    this.#hostname = options.hostname;
    this.#namespace = options.namespace;
    this.#diskScript = options.diskScript;
    this.#pipes = options.pipes;
    this.#spawner = options.spawner;
    this.#onLost = options.onLost;
    this.distinguishesUsers = options.namespace.identities.type === 'range';
    this.callsFolder = path.join(options.folder, 'calls');
  }

  innerUid(uid: number): number {
    const { identities } = this.#namespace;
    return identities.type === 'range' ? uid - identities.base : 0;
  }

  innerPath(file: string): string {
    return file;
  }

  async start(): Promise<void> {
    const [file = '', ...words] = [
      ...this.#namespace.enter,
      ...['unshare', '--mount', '--pid', '--uts', '--ipc', '--net', '--fork', '--kill-child'],
      ...['sh', '../.base/start-node', this.#hostname],
    ];
    const child = spawn(file, words, {
      cwd: this.#folder,
      env: toolEnvironment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const ready = await firstOutput(child);
    const pid = /^ready (\d+)/.exec(ready)?.[1];
    if (pid === undefined) throw new Error(`the node's first process says: ${ready.trim()}`);
    this.#first = { child, pid };
    child.once('exit', () => {
      if (this.#first?.child !== child) return;
      // Its number may soon be that of another process.
      this.#first = undefined;
      this.#onLost();
    });
  }

  run(command: NodeCommand): RunningCommand {
    if (this.#first === undefined) return endedCommand();
    return launch(
      [
        ...this.#enter(),
        // The sandbox's own scripts are short, and get no signals.
        ...(command.manner === 'sandbox' ? [] : ['/usr/bin/setsid']),
        '/usr/bin/setpriv',
        ...this.#identity(command.user),
        '--',
      ],
      command,
      behindNsenter,
      {
        pool: command.manner === 'login' ? this.#pipes : undefined,
        ...(this.#spawner === undefined ? {} : { spawner: this.#spawner }),
      },
    );
  }

  admitCommand(command: string): string {
    return command;
  }

  async fillDisk(): Promise<void> {
    const { status, complaint } = await this.#changeDisk('fill');
    if (status !== 0) throw new Error(`the disk can't be filled: ${complaint}`);
    this.#isDiskMoved = true;
    clearInterval(this.#diskWatch);
    this.#diskWatch = setInterval(() => void this.#makeRoomIfWanted(), diskWatchInterval);
  }

  async stop(files: 'keep' | 'discard'): Promise<void> {
    clearInterval(this.#diskWatch);
    if (this.#isDiskMoved && files === 'keep') await this.#changeDisk('keep');
    this.#isDiskMoved = false;
    const first = this.#first;
    this.#first = undefined;
    if (first === undefined) return;
    const { child } = first;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // The node's first process ends, and the kernel ends all others before it lets that one go.
    child.stdin?.destroy();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(timer);
  }

  async remove(): Promise<void> {
    try {
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
      await openFolders(this.#folder);
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** The disk stays full until somebody removes what fills it. */
  async #makeRoomIfWanted(): Promise<void> {
    const { status } = await new NodeShell(this).run('[ -e /var/tmp/filler ]');
    if (status !== 1 || !this.#isDiskMoved) return;
    clearInterval(this.#diskWatch);
    await this.#changeDisk('free');
  }

  /** Runs the script that moves the node's disk, with the rights to mount. */
  async #changeDisk(
    change: 'fill' | 'free' | 'keep',
  ): Promise<{ status: number; complaint: string }> {
    if (this.#first === undefined) return { status: 1, complaint: 'the node is not running' };
    const [file = '', ...words] = [
      ...this.#enter(),
      '/bin/sh',
      '-c',
      this.#diskScript,
      'disk',
      change,
    ];
    return new Promise((resolve) => {
      execFile(
        file,
        words,
        { env: toolEnvironment, cwd: '/', timeout: 10_000 },
        (error, _, complaint) =>
          resolve({ status: error === null ? 0 : 1, complaint: complaint.trim() }),
      );
    });
  }

  #enter(): string[] {
    const first = this.#first;
    if (first === undefined) throw new Error('the node is not running');
    const [nsenter = 'nsenter'] = this.#namespace.enter;
    return [
      nsenter,
      `--target=${first.pid}`,
      ...['--user', '--mount', '--pid', '--uts', '--ipc', '--net'],
      ...this.#namespace.preserveCredentials,
      '--',
    ];
  }

  #identity(user: string): string[] {
    const bounds = `--bounding-set=${keptCapabilities}`;
    if (!this.distinguishesUsers || user === 'root') return [bounds, '--inh-caps=-all'];
    // What the login user may by sudo, it may become without a setuid program.
    const becoming = '-all,+setuid,+setgid';
    return [
      ...[`--reuid=${user}`, `--regid=${user}`, '--init-groups'],
      ...[bounds, `--inh-caps=${becoming}`, `--ambient-caps=${becoming}`],
    ];
  }
}

/** `nsenter` waits outside for the command that it started inside: that one is meant. */
const behindNsenter: ProcessWithin = {
  pid: (outer) => {
    const child = childOf(outer);
    const status = child === undefined ? undefined : readProcess(`${child}/status`);
    return Number(/^NSpid:.*\t(\d+)$/m.exec(status ?? '')?.[1]) || undefined;
  },
  terminal: (outer) => {
    const maker = childOf(outer);
    const shell = maker === undefined ? undefined : childOf(maker);
    const fields = shell === undefined ? undefined : readProcess(`${shell}/stat`);
    // proc_pid_stat(5): fields behind the name, which may hold spaces itself.
    const device = Number(fields?.slice(fields.lastIndexOf(')') + 2).split(' ')[4]);
    if (!device) return undefined;
    return (device & 0xff) | ((device >>> 12) & 0xfff00);
  },
  signal: (outer, name, scope) => {
    const child = childOf(outer);
    if (child === undefined) return;
    for (const target of scope === 'group' ? [-child, child] : [child]) {
      try {
        process.kill(target, name);
        return;
      } catch {
        // It leads no group yet, or has ended meanwhile.
      }
    }
  },
};

const childOf = (pid: number): number | undefined =>
  Number(readProcess(`${pid}/task/${pid}/children`)?.split(' ')[0]) || undefined;

const readProcess = (file: string): string | undefined => {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
};

/** Folders that their owner may not read can't be emptied. */
const openFolders = async (folder: string): Promise<void> => {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(path.join(folder, entry.name));
  }
};
