import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandEnd, NodeRoot, RunningCommand } from '../isolation/node-root.ts';
import type { NodeShell } from '../node-shell.ts';
import type { ExecLine } from './exec-line.ts';
import type { Journal } from './journal.ts';
import { outlasts } from './outlasts.ts';
import { wantsRestart } from './restart-policy.ts';
import { serviceEnvironment } from './service-environment.ts';
import { describeEnd, isCleanEnd, mainEndOf, startProcess } from './service-process.ts';
import type { Service } from './unit.ts';
import { type ActiveState, currentMoment, type UnitRuntime } from './unit-runtime.ts';

export type ServiceMachine = {
  readonly root: NodeRoot;
  readonly shell: NodeShell;
  readonly journal: Journal;
  /** systemd's own word about a unit. */
  say(unitId: string, message: string, priority?: number): void;
};

/** Signals all processes with an invocation id in their environment. */
const sweepScript = `
  for file in $(grep -lsz "^INVOCATION_ID=$1$" /proc/[0-9]*/environ); do
    number=\${file#/proc/}
    kill -s "$2" "\${number%/environ}"
  done 2>/dev/null`;

/** What a service does after it ended by itself. */
export type EndedListener = (restart: boolean) => void;

/**
 * One service: its processes from start to stop (systemd.service(5)). Calls of `start`, `stop` and
 * `reload` must not overlap, but `stop` may interrupt a `start`.
 */
export class ServiceRun {
  readonly #runtime: UnitRuntime;
  readonly #service: Service;
  readonly #machine: ServiceMachine;
  readonly #onEnded: EndedListener;
  readonly #processes = new Set<RunningCommand>();
  #main: RunningCommand | undefined;
  #stopping = false;
  #timedOut = false;

  constructor(
    runtime: UnitRuntime,
    service: Service,
    machine: ServiceMachine,
    /** Hears that the service ended without being stopped, and whether it is to be started again. */
    onEnded: EndedListener,
  ) {
    this.#runtime = runtime;
    this.#service = service;
    this.#machine = machine;
    this.#onEnded = onEnded;
  }

  /** Starts it; the answer is true once it is up, or has done its work where it is a oneshot. */
  async start(): Promise<boolean> {
    const { unit } = this.#runtime;
    const runtime = this.#runtime;
    this.#stopping = false;
    this.#timedOut = false;
    runtime.invocationId = randomUUID().replaceAll('-', '');
    runtime.result = 'success';
    runtime.mainEnd = { code: 0, status: 0 };
    runtime.enter('activating', this.#service.startPre.length > 0 ? 'start-pre' : 'start');
    this.#say(`Starting ${title(unit)}...`);
    const timer = this.#startTimer();
    try {
      const started = await this.#bringUp();
      return started && !this.#stopping;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops it, by force where it takes too long. */
  async stop(): Promise<void> {
    const runtime = this.#runtime;
    const { unit } = runtime;
    this.#stopping = true;
    if (isDown(runtime.activeState)) return;
    const wasUp = runtime.isActive;
    runtime.enter('deactivating', 'stop');
    this.#say(`Stopping ${title(unit)}...`);
    if (wasUp) await this.#runAll(this.#service.stop, 'Control');
    runtime.enter('deactivating', 'stop-sigterm');
    await this.#killAll();
    await this.#runAll(this.#service.stopPost, 'Control');
    this.#settle(true);
    if (isDown(runtime.activeState)) this.#say(`Stopped ${title(unit)}.`);
  }

  /** Runs `ExecReload=`; the answer is whether it succeeded. */
  async reload(): Promise<boolean> {
    const runtime = this.#runtime;
    runtime.enter('reloading', 'reload');
    this.#say(`Reloading ${title(runtime.unit)}...`);
    const done = await this.#runAll(this.#service.reload, 'Control');
    if (runtime.activeState === 'reloading') runtime.enter('active', 'running');
    this.#say(done ? `Reloaded ${title(runtime.unit)}.` : 'Reload failed.');
    return done;
  }

  /** Sends a signal to its processes. */
  kill(signal: NodeJS.Signals): void {
    for (const process of this.#processes) process.signal(signal);
  }

  async #bringUp(): Promise<boolean> {
    const service = this.#service;
    const runtime = this.#runtime;
    if (service.folders.length > 0) {
      await this.#machine.shell.run(
        'for folder; do mkdir -p "$SPOT_TUI_ROOT$folder"; done',
        service.folders,
      );
    }
    for (const line of service.condition) {
      const end = await this.#runOne(line, false);
      if (isCleanEnd(end, service)) continue;
      if ((end.code ?? 255) < 255) {
        this.#say(`Skipped due to 'exec-condition'.`);
        runtime.result = 'exec-condition';
        runtime.enter('inactive', 'dead');
        return true;
      }
      return this.#failStart(end, 'Control');
    }
    for (const line of service.startPre) {
      const end = await this.#runOne(line, false);
      if (this.#stopping) return false;
      if (!line.ignoreFailure && !isCleanEnd(end, service)) return this.#failStart(end, 'Control');
    }
    runtime.enter('activating', 'start');
    return service.type === 'oneshot' || service.type === 'forking'
      ? this.#runToEnd()
      : this.#runOn();
  }

  /** Oneshots are up when their processes have ended, forking services when the first has. */
  async #runToEnd(): Promise<boolean> {
    const service = this.#service;
    const runtime = this.#runtime;
    for (const line of service.start) {
      runtime.execMainStart = currentMoment();
      const end = await this.#runOne(line, true);
      if (this.#stopping) return false;
      if (!line.ignoreFailure && !isCleanEnd(end, service)) return this.#failStart(end, 'Main');
    }
    await this.#runAll(service.startPost, 'Control');
    if (this.#stopping) return false;
    if (service.type === 'forking') {
      runtime.enter('active', 'running');
      this.#say(`Started ${title(runtime.unit)}.`);
      return true;
    }
    if (service.remainAfterExit) {
      runtime.enter('active', 'exited');
      this.#say(`Finished ${title(runtime.unit)}.`);
      return true;
    }
    this.#say('Deactivated successfully.');
    this.#say(`Finished ${title(runtime.unit)}.`);
    await this.#sweep('SIGKILL');
    runtime.enter('inactive', 'dead');
    return true;
  }

  /** Other services are up once their main process runs. */
  async #runOn(): Promise<boolean> {
    const service = this.#service;
    const runtime = this.#runtime;
    const [line] = service.start;
    if (line === undefined) {
      runtime.enter('active', 'exited');
      return true;
    }
    runtime.execMainStart = currentMoment();
    const main = await this.#spawn(line, true);
    if (main === undefined) return this.#failStart({ code: 255 }, 'Main');
    this.#main = main;
    runtime.mainPid = () => main.pid() ?? 0;
    if (service.type === 'exec') {
      // Whether the program could be run at all shows at once.
      const end = await Promise.race([main.exited, settled(main)]);
      if (end !== undefined && (end.code === 203 || end.code === 200)) {
        return this.#failStart(end, 'Main');
      }
    }
    if (this.#stopping) return false;
    await this.#runAll(service.startPost, 'Control');
    if (this.#stopping) return false;
    runtime.enter('active', 'running');
    this.#say(`Started ${title(runtime.unit)}.`);
    this.#watch(main, line).catch((error: unknown) => {
      this.#say(`the sandbox failed: ${String(error)}`, 2);
    });
    return true;
  }

  async #watch(main: RunningCommand, line: ExecLine): Promise<void> {
    const end = await main.exited;
    if (this.#main !== main) return;
    this.#main = undefined;
    const runtime = this.#runtime;
    runtime.mainPid = () => 0;
    runtime.execMainExit = currentMoment();
    runtime.mainEnd = mainEndOf(end);
    if (this.#stopping) return;
    const clean = line.ignoreFailure || isCleanEnd(end, this.#service);
    this.#say(`Main process exited, ${describeEnd(end)}`, clean ? 6 : 5);
    if (!clean) runtime.result = end.signal === undefined ? 'exit-code' : 'signal';
    if (clean && this.#service.remainAfterExit) {
      runtime.enter('active', 'exited');
      return;
    }
    runtime.enter('deactivating', 'stop-sigterm');
    await this.#runAll(this.#service.stop, 'Control');
    await this.#killAll();
    await this.#runAll(this.#service.stopPost, 'Control');
    if (!this.#stopping) this.#settle(false, end);
  }

  async #failStart(end: CommandEnd, which: 'Main' | 'Control'): Promise<boolean> {
    const runtime = this.#runtime;
    if (this.#timedOut) runtime.result = 'timeout';
    else if (runtime.result === 'success') {
      runtime.result = end.signal === undefined ? 'exit-code' : 'signal';
    }
    if (which === 'Main') {
      runtime.mainEnd = mainEndOf(end);
      runtime.execMainExit = currentMoment();
    }
    this.#say(`${which} process exited, ${describeEnd(end)}`, 5);
    this.#main = undefined;
    runtime.mainPid = () => 0;
    await this.#killAll();
    await this.#runAll(this.#service.stopPost, 'Control');
    if (!this.#stopping) {
      this.#settle(false, end);
      this.#say(`Failed to start ${title(runtime.unit)}.`, 3);
    }
    return false;
  }

  /** Goes to rest, or to where it waits for its next try. */
  #settle(stopped: boolean, end?: CommandEnd): void {
    const runtime = this.#runtime;
    const failed = runtime.result !== 'success';
    if (failed && !stopped) this.#say(`Failed with result '${runtime.result}'.`, 4);
    if (!failed) this.#say('Deactivated successfully.');
    const restart = !stopped && wantsRestart(this.#service, runtime.result, end);
    if (restart) runtime.enter('activating', 'auto-restart');
    else if (failed && !stopped) runtime.enter('failed', 'failed');
    else runtime.enter('inactive', 'dead');
    if (!stopped) this.#onEnded(restart);
  }

  #startTimer(): NodeJS.Timeout | undefined {
    const { startTimeout } = this.#service;
    if (!Number.isFinite(startTimeout)) return undefined;
    return setTimeout(() => {
      this.#timedOut = true;
      this.#say('start operation timed out. Terminating.', 4);
      for (const process of this.#processes) this.#terminate(process);
    }, startTimeout);
  }

  async #runAll(lines: readonly ExecLine[], which: 'Control'): Promise<boolean> {
    for (const line of lines) {
      const end = await this.#runOne(line, false);
      if (line.ignoreFailure || isCleanEnd(end, this.#service)) continue;
      this.#say(`${which} process exited, ${describeEnd(end)}`, 5);
      return false;
    }
    return true;
  }

  async #runOne(line: ExecLine, main: boolean): Promise<CommandEnd> {
    const process = await this.#spawn(line, false);
    if (process === undefined) return { code: 255 };
    if (main) this.#runtime.mainPid = () => process.pid() ?? 0;
    const end = await process.exited;
    if (main) {
      this.#runtime.mainPid = () => 0;
      this.#runtime.execMainExit = currentMoment();
      this.#runtime.mainEnd = mainEndOf(end);
    }
    // What it still had to say belongs before what systemd says of its end.
    await outlasts(process.ended, 50);
    return end;
  }

  async #spawn(line: ExecLine, lasting: boolean): Promise<RunningCommand | undefined> {
    let environment: Record<string, string>;
    try {
      environment = await serviceEnvironment(this.#service, this.#machine.shell, {
        invocationId: this.#runtime.invocationId,
        mainPid: this.#runtime.mainPid(),
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#say(`Failed to load environment files: ${problem}`, 3);
      this.#runtime.result = 'resources';
      return undefined;
    }
    const process = startProcess({
      root: this.#machine.root,
      journal: this.#machine.journal,
      unitId: this.#runtime.unit.id,
      service: this.#service,
      line,
      environment,
      invocationId: this.#runtime.invocationId,
      lasting,
    });
    this.#processes.add(process);
    void process.exited.then(() => this.#processes.delete(process));
    return process;
  }

  #terminate(process: RunningCommand): void {
    const { killMode, killSignal } = this.#service;
    if (killMode === 'none') return;
    process.signal(killSignal, killMode === 'control-group' ? 'group' : 'process');
  }

  /** Ends all processes of the service, those that left its process group included. */
  async #killAll(): Promise<void> {
    const { killMode, killSignal, stopTimeout } = this.#service;
    if (killMode === 'none') return;
    const running = [...this.#processes];
    for (const process of running) this.#terminate(process);
    if (killMode === 'control-group') await this.#sweep(killSignal);
    const gone = Promise.all(running.map((process) => process.exited));
    if (await outlasts(gone, stopTimeout)) {
      this.#say("State 'stop-sigterm' timed out. Killing.", 4);
      this.#runtime.result = 'timeout';
      for (const process of running) process.signal('SIGKILL');
      await gone;
    }
    if (killMode !== 'process') await this.#sweep('SIGKILL');
  }

  /** All that a service started has the id of its invocation in its environment. */
  async #sweep(signal: NodeJS.Signals): Promise<void> {
    if (this.#machine.root.kind !== 'namespaces') return;
    await this.#machine.shell.run(sweepScript, [this.#runtime.invocationId, signal.slice(3)]);
  }

  #say(message: string, priority = 6): void {
    const { id } = this.#runtime.unit;
    const whole = /^(?:Start|Stopp|Finish|Reload|Failed to start)/.test(message)
      ? message
      : `${id}: ${message}`;
    this.#machine.say(id, whole, priority);
  }
}

const isDown = (state: ActiveState): boolean => state === 'inactive' || state === 'failed';

/** How systemd calls a unit in its messages. */
export const title = (unit: { readonly id: string; readonly description: string }): string =>
  unit.description === unit.id ? unit.id : `${unit.id} - ${unit.description}`;

/** Settles once a program runs in place of what launched it. */
const settled = async (process: RunningCommand): Promise<undefined> => {
  for (let tries = 0; tries < 20 && process.pid() === undefined; tries += 1) await sleep(5);
  await sleep(10);
  return undefined;
};
