import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedKey } from 'ssh2';
import type { MachineFault } from '../hypervisor.ts';
import { builtInActivities } from './activities.ts';
import type { NodeBootTimes } from './boot-times.ts';
import { CloudInit } from './cloud-init/cloud-init.ts';
import { ConsoleLog } from './console-log.ts';
import { generateHostKey } from './host-key.ts';
import type { NodeRoot } from './isolation/node-root.ts';
import {
  greeting,
  prepareFiles,
  writeInstanceAction,
  writeRebalanceNotice,
} from './machine-files.ts';
import { NodeShell } from './node-shell.ts';
import { Port } from './sshd/port.ts';
import { SshServer } from './sshd/ssh-server.ts';
import { answerCall } from './stand-ins/answer.ts';
import { type Call, complain } from './stand-ins/call.ts';
import { CallServer } from './stand-ins/call-server.ts';
import { ContainerEngine } from './stand-ins/docker/engine.ts';
import { PackageRecord } from './stand-ins/packages.ts';
import { Journal } from './systemd/journal.ts';
import { ServiceManager } from './systemd/service-manager.ts';
import type { Unit } from './systemd/unit.ts';
import type { Turnstile } from './turnstile.ts';

/** Milliseconds that services get to end before a reboot. */
const shutDownTime = 5000;

export type MachineOptions = {
  readonly instanceId: string;
  readonly hostname: string;
  readonly folder: string;
  readonly userData: string;
  /** One OpenSSH line. */
  readonly publicKey: string;
  readonly allowed: ParsedKey;
  readonly root: NodeRoot;
  readonly times: NodeBootTimes;
  /** Milliseconds for which the machine can't be reached once its SSH was cut. */
  readonly cutTime: number;
  readonly builtInUnits: Map<string, Unit>;
  /** Keeps many machines that boot at once from stepping on each other. */
  readonly turnstile: Turnstile;
  /** Makes the machine's folder. */
  readonly makeFolder: () => Promise<void>;
};

/** One machine, from its launch to its end. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #root: NodeRoot;
  readonly #shell: NodeShell;
  readonly #console = new ConsoleLog();
  readonly #journal: Journal;
  readonly #port: Port;
  readonly #ssh: SshServer;
  readonly #calls: CallServer;
  readonly #cloudInit: CloudInit;
  readonly #engine: ContainerEngine;
  readonly #packages: PackageRecord;
  readonly #ending = new AbortController();
  readonly #machineId = randomUUID().replaceAll('-', '');
  #manager: ServiceManager | undefined;
  #state: 'starting' | 'running' | 'stopping' = 'starting';
  #hasBooted = false;
  /** When EC2 takes the machine back, once that is decided; milliseconds since the Unix epoch. */
  #reclaimedAt: number | undefined;
  /** Since when EC2 recommends to rebalance; milliseconds since the Unix epoch. */
  #rebalanceSince: number | undefined;
  /** What the machine does now: boots, or goes down. */
  #transition: Promise<void> = Promise.resolve();

  constructor(options: MachineOptions) {
    this.#options = options;
    const { hostname, root, times } = options;
    const hostKey = generateHostKey();
    this.#root = root;
    this.#shell = new NodeShell(root);
    this.#journal = new Journal({ hostname, machineId: this.#machineId });
    this.#engine = new ContainerEngine({ pullTime: () => times.pull });
    this.#packages = new PackageRecord({ installTime: () => times.packages });
    this.#cloudInit = new CloudInit({
      userData: options.userData,
      times,
      machine: {
        shell: this.#shell,
        console: this.#console,
        journal: this.#journal,
        hostname,
        hostKey,
        instanceId: options.instanceId,
        publicKey: options.publicKey,
        installPackages: async (names) => {
          await this.#packages.install(names);
        },
        admitCommand: (command) => root.admitCommand(command),
        powerChange: (kind) => this.powerChange(kind),
      },
    });
    this.#ssh = new SshServer({
      hostKey,
      allowed: options.allowed,
      machine: {
        root,
        shell: this.#shell,
        motd: greeting,
        onHangUp: (pid) => this.#calls.hangUp(pid),
      },
    });
    this.#port = new Port((socket) => this.#ssh.accept(socket));
    this.#calls = new CallServer({
      folder: root.callsFolder,
      innerUid: (uid) => root.innerUid(uid),
      answer: (call) => this.answer({ ...call, directory: root.innerPath(call.directory) }),
      onProblem: (problem) =>
        this.#journal.write({ message: problem, priority: 3, identifier: 'sandbox' }),
    });
  }

  /** Takes a port and begins to boot; the answer is the port. */
  async launch(): Promise<number> {
    const port = await this.#port.listen();
    this.#transition = this.#begin(async () => {
      await this.#options.turnstile.pass(() => this.#options.makeFolder());
      await this.#boot();
    });
    return port;
  }

  /** Does what a stand-in program was called for on the machine. */
  async answer(call: Call): Promise<number> {
    const manager = this.#manager;
    if (manager === undefined) return complain(call, `${call.program}: the system is going down`);
    return answerCall(call, {
      manager,
      shell: this.#shell,
      engine: this.#engine,
      packages: this.#packages,
      cloudInit: this.#cloudInit,
      hostname: this.#options.hostname,
      state: () => this.#state,
      powerChange: (kind) => this.powerChange(kind),
    });
  }

  get consoleOutput(): string {
    return this.#console.toString();
  }

  /** Restarts the machine, or stops it for good. The caller is answered first. */
  powerChange(kind: 'reboot' | 'poweroff'): void {
    if (this.#state === 'stopping' || this.#ending.signal.aborted) return;
    this.#state = 'stopping';
    const before = this.#transition;
    this.#transition = this.#begin(async () => {
      await sleep(100, undefined, { signal: this.#ending.signal });
      this.#console.say(`systemd[1]: ${kind === 'reboot' ? 'Rebooting' : 'Powering off'}.`);
      this.#port.shut();
      await this.#manager?.shutDown(shutDownTime);
      this.#engine.stop();
      await this.#goDown('keep');
      await before;
      if (kind === 'reboot') await this.#boot();
    });
  }

  /** Ends the machine and removes all that there is of it. */
  async terminate(): Promise<void> {
    this.#ending.abort();
    await this.#port.close();
    await this.#transition;
    await this.#goDown('discard');
    await this.#root.remove();
  }

  /** Lets whoever asks the instance metadata service on the machine know of its end. */
  async announceReclaim(time: number): Promise<void> {
    this.#reclaimedAt = time;
    await this.#tellMetadata();
  }

  /** Lets whoever asks the instance metadata service know that the risk of its end has risen. */
  async recommendRebalance(time: number): Promise<void> {
    this.#rebalanceSince ??= time;
    await this.#tellMetadata();
  }

  /** @throws Error for people, when the fault can't be had here. */
  async injectFault(fault: MachineFault): Promise<void> {
    switch (fault) {
      case 'cut-ssh': {
        const manager = this.#manager;
        this.#port.shut();
        const timer = setTimeout(() => {
          // A machine that has booted since has opened it by itself.
          if (manager !== undefined && this.#manager === manager) this.#port.open();
        }, this.#options.cutTime);
        this.#ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
        return;
      }
      case 'fill-disk':
        await this.#root.fillDisk();
        return;
      case 'stop-service':
        await this.#stopSomeService();
        return;
      case 'reboot':
        this.powerChange('reboot');
        return;
      default:
        fault satisfies never;
    }
  }

  async #begin(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#console.say(`sandbox: this machine failed: ${message}`);
      this.#journal.write({ message, priority: 2, identifier: 'sandbox' });
    }
  }

  async #boot(): Promise<void> {
    const { signal } = this.#ending;
    const { times, hostname, builtInUnits, folder, turnstile } = this.#options;
    const bootId = randomUUID();
    this.#state = 'starting';
    this.#console.say(`Linux version 6.8.0-1029-aws (sandbox) on ${hostname}`);
    await turnstile.pass(async () => {
      signal.throwIfAborted();
      // Next to the node's files, not among them: what a node did to those can't mislead us here.
      await writeFile(path.join(folder, 'boot-id'), `${bootId}\n`);
      await this.#root.start();
      this.#calls.open();
      await prepareFiles(this.#shell, {
        hostname,
        machineId: this.#machineId,
        isFirst: !this.#hasBooted,
      });
      await this.#tellMetadata();
    });
    await sleep(times.unreachable, undefined, { signal });
    this.#journal.startBoot(bootId.replaceAll('-', ''));
    this.#journal.write({
      message: `Linux version 6.8.0-1029-aws (sandbox)`,
      priority: 5,
      identifier: 'kernel',
    });
    const manager = new ServiceManager({
      root: this.#root,
      shell: this.#shell,
      journal: this.#journal,
      machine: { hostname, machineId: this.#machineId, bootId: bootId.replaceAll('-', '') },
      builtInUnits,
      activities: builtInActivities({
        cloudInit: this.#cloudInit,
        engine: this.#engine,
        port: this.#port,
        shell: this.#shell,
        ssh: this.#ssh,
        booting: times.booting,
      }),
    });
    this.#manager = manager;
    this.#hasBooted = true;
    void manager.boot().then(
      () => {
        if (this.#state !== 'starting' || this.#manager !== manager) return;
        this.#state = 'running';
        manager.say('', 'Startup finished.');
      },
      (error: unknown) => {
        if (signal.aborted) return;
        this.#console.say(`systemd[1]: the boot failed: ${String(error)}`);
      },
    );
  }

  async #tellMetadata(): Promise<void> {
    const [reclaimedAt, rebalanceSince] = [this.#reclaimedAt, this.#rebalanceSince];
    if (rebalanceSince !== undefined) await writeRebalanceNotice(this.#shell, rebalanceSince);
    if (reclaimedAt !== undefined) await writeInstanceAction(this.#shell, reclaimedAt);
  }

  async #goDown(files: 'keep' | 'discard'): Promise<void> {
    this.#manager?.close();
    this.#manager = undefined;
    this.#calls.close();
    await this.#root.stop(files);
  }

  async #stopSomeService(): Promise<void> {
    const manager = this.#manager;
    const victim = manager
      ?.runtimes()
      .find(
        ({ unit, activeState, subState }) =>
          !unit.builtIn &&
          unit.service !== undefined &&
          activeState === 'active' &&
          subState === 'running',
      );
    if (manager === undefined || victim === undefined) {
      throw new Error(
        `no service of its own runs on ${this.#options.instanceId} that could be stopped: wait until it is configured`,
      );
    }
    const job = await manager.request('stop', victim.unit.id);
    await job.result;
  }
}
