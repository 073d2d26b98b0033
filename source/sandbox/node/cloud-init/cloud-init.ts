import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsoleLog } from '../console-log.ts';
import type { HostKey } from '../host-key.ts';
import type { NodeShell } from '../node-shell.ts';
import type { Journal } from '../systemd/journal.ts';
import {
  type CloudCommand,
  type CloudConfig,
  filesOf,
  readCloudConfig,
  scriptOf,
} from './cloud-config.ts';
import {
  announceHostKeys,
  announcesHostKeys,
  generationReport,
  printAuthorizedKeys,
  printHostKeys,
} from './console-report.ts';
import { installKeys, makeUsers, writeFiles } from './modules.ts';
import { CloudInitStatus, type StageName } from './status-files.ts';
import { readUserData, type UserData } from './user-data.ts';

const version = '24.4-0ubuntu1~24.04.2';

/** Milliseconds that parts of the first boot take. */
export type CloudInitTimes = {
  /** Of the config stage. */
  readonly config: number;
  /** Of the final stage, before its commands run. */
  readonly final: number;
};

export type CloudInitMachine = {
  readonly shell: NodeShell;
  readonly console: ConsoleLog;
  readonly journal: Journal;
  readonly hostname: string;
  readonly instanceId: string;
  readonly hostKey: HostKey;
  /** The key pair's public key, which the login user gets. */
  readonly publicKey: string;
  /** Records packages as installed; rejects for what is none. */
  installPackages(names: readonly string[]): Promise<void>;
  /** Whether commands of the user data may run, as they are or replaced. */
  admitCommand(command: string): string;
  powerChange(kind: 'reboot' | 'poweroff'): void;
};

/**
 * A node's cloud-init: applies the user data at first boot, in the stages and with the traces of the
 * real one. https://docs.cloud-init.io/en/latest/explanation/boot.html
 */
export class CloudInit {
  readonly #machine: CloudInitMachine;
  readonly #userData: UserData;
  readonly #config: CloudConfig;
  readonly #warnings: readonly string[];
  readonly #times: CloudInitTimes;
  #status: CloudInitStatus;
  #firstBoot = true;
  #unit = 'cloud-init-local.service';
  readonly #output: string[] = [];

  constructor(options: {
    readonly machine: CloudInitMachine;
    readonly userData: string;
    readonly times: CloudInitTimes;
  }) {
    this.#machine = options.machine;
    this.#times = options.times;
    this.#userData = readUserData(options.userData);
    const { config, warnings } = readCloudConfig(this.#userData.config);
    this.#config = config;
    this.#warnings = [...this.#userData.warnings, ...warnings];
    this.#status = new CloudInitStatus();
  }

  get status(): CloudInitStatus {
    return this.#status;
  }

  get userDataConfig(): CloudConfig {
    return this.#config;
  }

  /** Before the network: which instance this is. */
  async runLocalStage(): Promise<void> {
    this.#status = new CloudInitStatus();
    this.#enter('init-local', 'cloud-init-local.service');
    this.#status.begin('init-local');
    const { instanceId, shell } = this.#machine;
    await shell.run(
      `cloud="$SPOT_TUI_ROOT/var/lib/cloud"
      mkdir -p "$cloud/data" "$cloud/instances/$1/scripts" &&
        printf '%s\\n' "$1" >"$cloud/data/instance-id" &&
        ln -sfn "instances/$1" "$cloud/instance" &&
        printf '%s\\n' "$1" >"$SPOT_TUI_ROOT/run/cloud-init/.instance-id" &&
        printf %s "$2" >"$SPOT_TUI_ROOT/run/cloud-init/status.json"`,
      [instanceId, this.#status.statusFile],
    );
    this.#status.end('init-local');
  }

  /** With the network: files, users and keys; logins are possible afterwards. */
  async runNetworkStage(): Promise<void> {
    this.#enter('init', 'cloud-init.service');
    this.#status.begin('init');
    for (const warning of this.#warnings) {
      this.#status.warn('init', warning);
      this.#say(`WARNING: ${warning}`);
    }
    await this.#module('init', 'bootcmd', async () => {
      const { bootcmd = [] } = this.#config;
      const commands = bootcmd
        .filter((command) => !announcesHostKeys(command))
        .map((command) => this.#admitted(command));
      if (commands.length === 0) return;
      const { status } = await this.#runScript(scriptOf(commands), 'bootcmd');
      if (status !== 0) throw new Error(`bootcmd ended with status ${status}`);
    });
    if (this.#firstBoot) {
      await this.#module('init', 'write_files', () =>
        writeFiles(
          this.#machine.shell,
          filesOf(this.#config).filter(({ deferred }) => !deferred),
        ),
      );
      await this.#module('init', 'users_groups', () =>
        makeUsers(this.#machine.shell, this.#config),
      );
      await this.#module('init', 'ssh', () => installKeys(this.#machine, this.#config));
    }
    this.#status.end('init');
    if (this.#config.bootcmd?.some(announcesHostKeys) === true) announceHostKeys(this.#machine);
  }

  async runConfigStage(signal: AbortSignal): Promise<void> {
    this.#enter('modules:config', 'cloud-config.service');
    if (this.#firstBoot) await sleep(this.#times.config, undefined, { signal });
    const { runcmd } = this.#config;
    if (this.#firstBoot && runcmd !== undefined) {
      await this.#machine.shell.run(
        'file="$SPOT_TUI_ROOT/var/lib/cloud/instance/scripts/runcmd"; mkdir -p "${file%/*}"; cat >"$file" && chmod 0700 "$file"',
        [],
        scriptOf(runcmd),
      );
    }
  }

  /** Packages and commands; the answer is whether all went well. */
  async runFinalStage(signal: AbortSignal): Promise<boolean> {
    this.#enter('modules:final', 'cloud-final.service');
    this.#status.begin('modules-final');
    if (this.#firstBoot) {
      await this.#module('modules-final', 'package_update_upgrade_install', async () => {
        const packages = (this.#config.packages ?? []).map((name) =>
          Array.isArray(name) ? (name[0] ?? '') : name,
        );
        if (packages.length > 0) await this.#machine.installPackages(packages);
      });
      await sleep(this.#times.final, undefined, { signal });
      await this.#module('modules-final', 'write_files_deferred', () =>
        writeFiles(
          this.#machine.shell,
          filesOf(this.#config).filter(({ deferred }) => deferred),
        ),
      );
      await this.#module('modules-final', 'scripts_user', () => this.#runUserScripts());
      printAuthorizedKeys(this.#machine.console, this.#machine.publicKey);
      printHostKeys(this.#machine);
    }
    this.#status.end('modules-final');
    this.#say(
      (
        this.#config.final_message ??
        `Cloud-init v. ${version} finished at ${new Date().toUTCString()}. Datasource DataSourceEc2Local.  Up ${this.#machine.console.seconds} seconds`
      ).trim(),
    );
    // Since 24.3 all stages are one process, and what ssh-keygen said comes out at its end.
    if (this.#firstBoot) for (const line of generationReport(this.#machine)) this.#say(line);
    await this.#writeResult();
    const wasFirst = this.#firstBoot;
    this.#firstBoot = false;
    const mode = this.#config.power_state?.mode;
    if (wasFirst && mode !== undefined) {
      this.#machine.powerChange(mode === 'reboot' ? 'reboot' : 'poweroff');
    }
    return this.#status.errors.length === 0;
  }

  #enter(stage: string, unit: string): void {
    this.#unit = unit;
    this.#say(`Cloud-init v. ${version} running '${stage}' at ${new Date().toUTCString()}.`);
  }

  async #module(stage: StageName, name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#say(`failed: running module ${name}: ${message}`);
      this.#status.fail(stage, `('${name}', ${message})`);
    }
  }

  async #runUserScripts(): Promise<void> {
    const failed: string[] = [];
    let count = 0;
    if (this.#config.runcmd !== undefined) {
      count += 1;
      const commands = this.#config.runcmd.map((command) => this.#admitted(command));
      const { status } = await this.#runScript(scriptOf(commands), 'runcmd');
      if (status !== 0) failed.push('runcmd');
    }
    for (const { name, text } of this.#userData.scripts) {
      count += 1;
      const { status } = await this.#runScript(this.#machine.admitCommand(text), name);
      if (status !== 0) failed.push(name);
    }
    if (failed.length > 0) {
      throw new Error(
        `RuntimeError('Runparts: ${failed.length} failures (${failed.join(', ')}) in ${count} attempted commands')`,
      );
    }
  }

  #admitted(command: CloudCommand): string {
    return this.#machine.admitCommand(
      scriptOf([command]).split('\n').slice(1).join('\n').trimEnd(),
    );
  }

  /** Runs a script as root, by its own first line; what it prints is cloud-init's output. */
  async #runScript(text: string, name: string): Promise<{ readonly status: number }> {
    await this.#writeOutput();
    return this.#machine.shell.follow(
      `file="$SPOT_TUI_ROOT/var/lib/cloud/instance/scripts/$1"
      mkdir -p "\${file%/*}" && cat >"$file" && chmod 0700 "$file" || exit
      set -- "$file"
      [ -z "$SPOT_TUI_ROOT" ] || set -- sh "$file"
      exec 3>&1
      status=$({ { "$@" </dev/null 2>&1; echo $? >&4; } |
        tee -a "$SPOT_TUI_ROOT/var/log/cloud-init-output.log" >&3; } 4>&1)
      exit "$status"`,
      [name],
      text,
      (line) => this.#log(line),
    );
  }

  /** Adds what cloud-init said since to its log on the node. */
  async #writeOutput(): Promise<void> {
    const output = this.#takeOutput();
    if (output === '') return;
    await this.#machine.shell.run(
      'cat >>"$SPOT_TUI_ROOT/var/log/cloud-init-output.log"',
      [],
      output,
    );
  }

  /** Tells the node that it is done; the result comes last, and whole. */
  async #writeResult(): Promise<void> {
    await this.#machine.shell.run(
      `printf %s "$1" >>"$SPOT_TUI_ROOT/var/log/cloud-init-output.log"
      cd "$SPOT_TUI_ROOT/run/cloud-init" || exit
      printf %s "$2" >status.json
      printf %s "$3" >.result.json && mv -f .result.json result.json`,
      [this.#takeOutput(), this.#status.statusFile, this.#status.resultFile],
    );
    this.#status.isDone = true;
  }

  #takeOutput(): string {
    return this.#output
      .splice(0)
      .map((line) => `${line}\n`)
      .join('');
  }

  /** To the console, the journal and the log. */
  #say(line: string): void {
    this.#machine.console.say(`cloud-init[612]: ${line}`);
    this.#output.push(line);
    this.#log(line);
  }

  #log(line: string): void {
    this.#machine.journal.write({
      message: line,
      priority: 6,
      identifier: 'cloud-init',
      unit: this.#unit,
    });
  }
}
