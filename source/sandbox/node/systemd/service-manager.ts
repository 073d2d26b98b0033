import type { NodeRoot } from '../isolation/node-root.ts';
import type { NodeShell } from '../node-shell.ts';
import { builtInOneshots } from './built-in-units.ts';
import { firstUnmet } from './conditions.ts';
import { type Job, JobRefusedError, type JobResult, type JobType } from './job.ts';
import { JobQueue } from './job-queue.ts';
import type { Journal } from './journal.ts';
import type { Machine } from './read-unit.ts';
import { ServiceRun, title } from './service-run.ts';
import { planJobs } from './transaction.ts';
import type { DependencyKind, Unit } from './unit.ts';
import { UnitRuntime } from './unit-runtime.ts';
import { UnitStore } from './unit-store.ts';

/** What a built-in service does when it starts and stops. */
export type BuiltInActivity = {
  /** True once it is up. */
  start(signal: AbortSignal): Promise<boolean>;
  stop?(): Promise<void>;
};

/** A node's systemd, as far as services use it. */
export class ServiceManager {
  readonly store: UnitStore;
  readonly journal: Journal;
  readonly #root: NodeRoot;
  readonly #shell: NodeShell;
  readonly #activities: ReadonlyMap<string, BuiltInActivity>;
  readonly #runtimes = new Map<string, UnitRuntime>();
  readonly #runs = new Map<string, ServiceRun>();
  readonly #queue: JobQueue;
  readonly #restartTimers = new Map<string, NodeJS.Timeout>();
  readonly #closing = new AbortController();

  constructor(options: {
    readonly root: NodeRoot;
    readonly shell: NodeShell;
    readonly journal: Journal;
    readonly machine: Machine;
    /** Built-in units, read once for all nodes. */
    readonly builtInUnits: Map<string, Unit>;
    readonly activities: ReadonlyMap<string, BuiltInActivity>;
  }) {
    this.#root = options.root;
    this.#shell = options.shell;
    this.journal = options.journal;
    this.#activities = options.activities;
    this.store = new UnitStore(options);
    this.#queue = new JobQueue({
      units: {
        get: (name) => this.store.get(name),
        dependenciesOf: (unit, kind) => this.dependenciesOf(unit, kind),
        dependents: (id, kind) => this.store.dependents(id, kind),
      },
      perform: (job) => this.#perform(job),
      say: (unitId, message, priority) => this.say(unitId, message, priority),
    });
  }

  /** Reads the unit files and starts what is to run at boot; resolves when that is done. */
  async boot(): Promise<void> {
    await this.store.reload();
    const jobs = await Promise.all([
      this.request('start', 'multi-user.target'),
      this.request('start', 'cloud-init.target'),
    ]);
    await Promise.all(jobs.map((job) => job.result));
  }

  /** Stops everything, as before a reboot, but does not wait longer than so many milliseconds. */
  async shutDown(milliseconds: number): Promise<void> {
    for (const timer of this.#restartTimers.values()) clearTimeout(timer);
    this.#queue.close();
    const stopping = Promise.all(
      [...this.#runs.entries()].map(async ([id, run]) => {
        await run.stop();
        this.#runtimes.get(id)?.enter('inactive', 'dead');
      }),
    );
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      stopping,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      }),
    ]);
    clearTimeout(timer);
    this.close();
  }

  /** Ends at once: nothing is started or said any more. */
  close(): void {
    this.#closing.abort();
    for (const timer of this.#restartTimers.values()) clearTimeout(timer);
    this.#restartTimers.clear();
    this.#queue.close();
  }

  /**
   * Puts a job for a unit into the queue, with those of the units that go along.
   *
   * @throws JobRefusedError in systemctl's words.
   */
  async request(type: JobType, name: string): Promise<Job> {
    const planned = await planJobs(
      {
        load: (other) => this.store.load(other),
        isActive: (id) => this.#isUp(id),
        dependents: (id, kind) => this.store.dependents(id, kind),
      },
      name,
      type,
    );
    const job = this.#queue.add(planned);
    if (job === undefined) throw new JobRefusedError(`Failed to ${type} ${name}`, 1);
    return job;
  }

  /** Reads the unit files again. */
  async reload(): Promise<void> {
    await this.store.reload();
    for (const runtime of this.#runtimes.values()) {
      const unit = this.store.get(runtime.unit.id);
      // A unit that runs keeps what it was started with, until it is started again.
      if (unit.loadState === 'loaded' || !this.#isUp(unit.id)) runtime.unit = unit;
    }
    this.say('', 'Reloading finished.');
  }

  /** What the unit of a name is doing. */
  async runtimeOf(name: string): Promise<UnitRuntime> {
    return this.#runtime(await this.store.load(name));
  }

  /** All units that are known, with what they are doing. */
  runtimes(): UnitRuntime[] {
    return this.store.names().map((name) => this.#runtime(this.store.get(name)));
  }

  jobs(): Job[] {
    return this.#queue.list();
  }

  jobOf(id: string): Job | undefined {
    return this.#queue.jobOf(id);
  }

  /** Dependencies of a unit, those that others declare included. */
  dependenciesOf(unit: Unit, kind: DependencyKind): string[] {
    const own = unit.dependencies[kind];
    const reverse = kind === 'After' ? 'Before' : kind === 'Before' ? 'After' : undefined;
    const others = reverse === undefined ? [] : this.store.dependents(unit.id, reverse);
    return [...new Set([...own.map((name) => this.store.get(name).id), ...others])];
  }

  /** Forgets that a unit failed, and how often it was started. */
  resetFailed(runtime: UnitRuntime): void {
    runtime.starts = [];
    runtime.restarts = 0;
    if (runtime.activeState === 'failed') {
      runtime.result = 'success';
      runtime.enter('inactive', 'dead');
    }
  }

  /** Sends a signal to a service's processes. */
  kill(id: string, signal: NodeJS.Signals): void {
    this.#runs.get(id)?.kill(signal);
  }

  /** Says something about a unit in the journal, as systemd. */
  say(unitId: string, message: string, priority = 6): void {
    if (this.#closing.signal.aborted) return;
    const invocationId = this.#runtimes.get(unitId)?.invocationId ?? '';
    this.journal.write({
      message,
      priority,
      identifier: 'systemd',
      unit: 'init.scope',
      pid: 1,
      ...(unitId === '' ? {} : { about: unitId }),
      ...(invocationId === '' ? {} : { invocationId }),
    });
  }

  #runtime(unit: Unit): UnitRuntime {
    const known = this.#runtimes.get(unit.id);
    if (known !== undefined) {
      if (known.unit.loadState !== 'loaded') known.unit = unit;
      return known;
    }
    const runtime = new UnitRuntime(unit);
    if (unit.loadState === 'loaded') this.#runtimes.set(unit.id, runtime);
    return runtime;
  }

  #isUp(id: string): boolean {
    const runtime = this.#runtimes.get(id);
    return runtime?.isActive ?? false;
  }

  async #perform(job: Job): Promise<JobResult> {
    const runtime = this.#runtime(await this.store.load(job.unitId));
    if (!job.isFinished) await ended(runtime);
    this.#cancelRestart(job.unitId);
    switch (job.type) {
      case 'start':
        return this.#start(runtime, job);
      case 'stop':
        await this.#stop(runtime);
        return 'done';
      case 'restart':
        if (runtime.activeState !== 'inactive' && runtime.activeState !== 'failed') {
          if (runtime.subState !== 'auto-restart') await this.#stop(runtime);
        }
        if (job.isFinished) return 'canceled';
        return this.#start(runtime, job);
      case 'reload': {
        const run = this.#runs.get(runtime.unit.id);
        if (runtime.unit.builtIn) return 'done';
        if (run === undefined || !runtime.isActive) return 'failed';
        return (await run.reload()) ? 'done' : 'failed';
      }
      default:
        return job.type satisfies never;
    }
  }

  async #start(runtime: UnitRuntime, job: Job): Promise<JobResult> {
    const { unit } = runtime;
    if (runtime.isActive) return 'done';
    const unmet = await firstUnmet(unit.conditions, this.#shell);
    runtime.conditionMet = unmet === undefined;
    if (unmet !== undefined) {
      const what = `${unmet.kind}=${unmet.negated ? '!' : ''}${unmet.argument}`;
      if (unmet.asserted) {
        this.say(unit.id, `Assertion failed for ${title(unit)} (Assert${what}).`, 3);
        return 'failed';
      }
      this.say(
        unit.id,
        `${title(unit)} was skipped because of an unmet condition check (Condition${what}).`,
      );
      return 'done';
    }
    if (job.isFinished) return 'canceled';
    if (unit.type === 'target') {
      runtime.enter('active', 'active');
      this.say(unit.id, `Reached target ${title(unit)}.`);
      return 'done';
    }
    if (unit.builtIn) return this.#startBuiltIn(runtime);
    if (unit.service === undefined) {
      runtime.enter('active', unit.type === 'other' ? 'waiting' : 'running');
      this.say(
        unit.id,
        `${unit.id}: units of this kind are not simulated: it does nothing here.`,
        4,
      );
      return 'done';
    }
    if (!runtime.startsByItself) runtime.restarts = 0;
    runtime.startsByItself = false;
    if (this.#exceedsStartLimit(runtime)) {
      this.say(unit.id, `${unit.id}: Start request repeated too quickly.`, 4);
      if (runtime.result === 'success') runtime.result = 'start-limit-hit';
      this.say(unit.id, `${unit.id}: Failed with result '${runtime.result}'.`, 4);
      this.say(unit.id, `Failed to start ${title(unit)}.`, 3);
      runtime.enter('failed', 'failed');
      return 'failed';
    }
    const run = new ServiceRun(
      runtime,
      unit.service,
      {
        root: this.#root,
        shell: this.#shell,
        journal: this.journal,
        say: (id, message, priority) => this.say(id, message, priority),
      },
      (restart) => this.#ended(runtime, restart),
    );
    this.#runs.set(unit.id, run);
    return (await run.start()) ? 'done' : 'failed';
  }

  async #startBuiltIn(runtime: UnitRuntime): Promise<JobResult> {
    const { unit } = runtime;
    const activity = this.#activities.get(unit.id);
    const isOneshot = builtInOneshots.includes(unit.id);
    if (activity !== undefined) {
      runtime.enter('activating', 'start');
      this.say(unit.id, `Starting ${title(unit)}...`);
      if (!(await activity.start(this.#closing.signal))) {
        runtime.result = 'exit-code';
        runtime.mainEnd = { code: 1, status: 1 };
        runtime.enter('failed', 'failed');
        this.say(unit.id, `Failed to start ${title(unit)}.`, 3);
        return 'failed';
      }
    }
    runtime.result = 'success';
    runtime.enter(
      'active',
      isOneshot ? 'exited' : unit.type === 'service' ? 'running' : 'listening',
    );
    this.say(unit.id, `${isOneshot ? 'Finished' : 'Started'} ${title(unit)}.`);
    return 'done';
  }

  async #stop(runtime: UnitRuntime): Promise<void> {
    const { unit } = runtime;
    const run = this.#runs.get(unit.id);
    if (run !== undefined && !unit.builtIn) {
      await run.stop();
      this.#runs.delete(unit.id);
    } else if (runtime.isActive) {
      await this.#activities.get(unit.id)?.stop?.();
      this.say(unit.id, `Stopped ${title(unit)}.`);
    }
    if (runtime.activeState !== 'inactive' && runtime.activeState !== 'failed') {
      runtime.enter('inactive', 'dead');
    }
  }

  #exceedsStartLimit(runtime: UnitRuntime): boolean {
    const { burst, interval } = runtime.unit.startLimit;
    if (interval === 0 || burst === 0) return false;
    const now = Date.now();
    runtime.starts = runtime.starts.filter((time) => now - time < interval);
    if (runtime.starts.length >= burst) return true;
    runtime.starts.push(now);
    return false;
  }

  #ended(runtime: UnitRuntime, restart: boolean): void {
    const { id, service } = runtime.unit;
    if (this.#closing.signal.aborted) return;
    for (const dependent of this.store.dependents(id, 'BindsTo')) {
      if (!this.#isUp(dependent)) continue;
      this.request('stop', dependent).catch((error: unknown) => {
        this.say(dependent, `${dependent}: can't be stopped: ${String(error)}`, 3);
      });
    }
    if (!restart || service === undefined) return;
    const timer = setTimeout(() => {
      this.#restartTimers.delete(id);
      runtime.restarts += 1;
      runtime.startsByItself = true;
      this.say(id, `${id}: Scheduled restart job, restart counter is at ${runtime.restarts}.`);
      this.request('restart', id).catch((error: unknown) => {
        this.say(id, `${id}: Failed to schedule restart job: ${String(error)}`, 3);
        runtime.result = 'resources';
        runtime.enter('failed', 'failed');
      });
    }, service.restartDelay);
    this.#restartTimers.set(id, timer);
  }

  #cancelRestart(id: string): void {
    const timer = this.#restartTimers.get(id);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#restartTimers.delete(id);
  }
}

/** Settles once a service that ends by itself has ended. */
const ended = (runtime: UnitRuntime): Promise<void> =>
  new Promise((resolve) => {
    if (runtime.activeState !== 'deactivating') {
      resolve();
      return;
    }
    const forget = runtime.onChange(() => {
      if (runtime.activeState === 'deactivating') return;
      forget();
      resolve();
    });
  });
