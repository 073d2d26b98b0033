import { Job, type JobResult, type JobType } from './job.ts';
import { title } from './service-run.ts';
import { findCycle, type PlannedJob } from './transaction.ts';
import type { DependencyKind, Unit } from './unit.ts';

/** What the queue has to know of units. */
export type QueuedUnits = {
  get(name: string): Unit;
  /** Dependencies of a unit, those that others declare included. */
  dependenciesOf(unit: Unit, kind: DependencyKind): readonly string[];
  /** Units that name this one under the kind. */
  dependents(id: string, kind: DependencyKind): readonly string[];
};

/**
 * The jobs of a node's systemd: at most one for each unit, run in the order that the units' `After=`
 * and `Before=` ask for.
 */
export class JobQueue {
  readonly #units: QueuedUnits;
  readonly #perform: (job: Job) => Promise<JobResult>;
  readonly #say: (unitId: string, message: string, priority: number) => void;
  readonly #jobs = new Map<string, Job>();
  #next = 1;
  #isClosed = false;

  constructor(options: {
    readonly units: QueuedUnits;
    /** Does what a job is for. */
    readonly perform: (job: Job) => Promise<JobResult>;
    readonly say: (unitId: string, message: string, priority: number) => void;
  }) {
    this.#units = options.units;
    this.#perform = options.perform;
    this.#say = options.say;
  }

  /** Oldest first. */
  list(): Job[] {
    return [...this.#jobs.values()].sort((a, b) => a.id - b.id);
  }

  jobOf(unitId: string): Job | undefined {
    return this.#jobs.get(unitId);
  }

  /** Adds jobs that belong together, and starts those that can be; the answer is the first. */
  add(planned: readonly PlannedJob[]): Job | undefined {
    const jobs = planned.map((job) => this.#enqueue(job.unitId, job.type));
    const [first] = jobs;
    if (first !== undefined) this.#breakCycles(jobs, first.unitId);
    this.#pump();
    return first;
  }

  /** Cancels all jobs; no other is started any more. */
  close(): void {
    this.#isClosed = true;
    for (const job of [...this.#jobs.values()]) this.#finish(job, 'canceled');
  }

  #enqueue(unitId: string, type: JobType): Job {
    const pending = this.#jobs.get(unitId);
    if (pending !== undefined) {
      const merges =
        pending.type === type ||
        (pending.state === 'waiting' && pending.type === 'restart' && type === 'start');
      if (merges) return pending;
      this.#finish(pending, 'canceled');
    }
    const job = new Job(this.#next, unitId, type);
    this.#next += 1;
    this.#jobs.set(unitId, job);
    return job;
  }

  /** Starts every job that nothing stands in the way of. */
  #pump(): void {
    for (const job of this.#jobs.values()) {
      if (job.state === 'waiting' && this.#waitsFor(job).length === 0) {
        job.state = 'running';
        void this.#run(job);
      }
    }
  }

  #waitsFor(job: Job): Job[] {
    const unit = this.#units.get(job.unitId);
    const after = this.#units.dependenciesOf(unit, 'After');
    const before = this.#units.dependenciesOf(unit, 'Before');
    return [...this.#jobs.values()].filter((other) => {
      if (other === job) return false;
      if (job.starts) {
        return other.starts
          ? after.includes(other.unitId)
          : after.includes(other.unitId) || before.includes(other.unitId);
      }
      // Things stop in the opposite order.
      return !other.starts && before.includes(other.unitId);
    });
  }

  #breakCycles(jobs: readonly Job[], anchor: string): void {
    for (;;) {
      const open = [...this.#jobs.values()];
      const cycle = findCycle(open, (job) => this.#waitsFor(job));
      if (cycle.length === 0) return;
      const names = cycle.map((job) => job.unitId);
      const victim =
        cycle.find(
          (job) => job.state === 'waiting' && job.unitId !== anchor && jobs.includes(job),
        ) ?? cycle.find((job) => job.state === 'waiting');
      if (victim === undefined) return;
      this.#say(anchor, `${anchor}: Found ordering cycle on ${names.join(' -> ')}`, 4);
      this.#say(
        anchor,
        `${anchor}: Job ${victim.unitId}/${victim.type} deleted to break ordering cycle starting with ${anchor}/start`,
        3,
      );
      this.#jobs.delete(victim.unitId);
      victim.finish('canceled');
    }
  }

  async #run(job: Job): Promise<void> {
    let result: JobResult;
    try {
      result = await this.#perform(job);
    } catch (error) {
      this.#say(job.unitId, `${job.unitId}: the sandbox failed: ${String(error)}`, 2);
      result = 'failed';
    }
    this.#finish(job, result);
  }

  #finish(job: Job, result: JobResult): void {
    if (job.isFinished) return;
    job.finish(result);
    if (this.#jobs.get(job.unitId) === job) this.#jobs.delete(job.unitId);
    if (result !== 'done' && result !== 'canceled' && job.starts) this.#failDependents(job.unitId);
    if (!this.#isClosed) this.#pump();
  }

  #failDependents(id: string): void {
    for (const kind of ['Requires', 'BindsTo', 'Requisite'] as const) {
      for (const dependent of this.#units.dependents(id, kind)) {
        const job = this.#jobs.get(dependent);
        if (job === undefined || !job.starts || job.state === 'running') continue;
        this.#say(dependent, `Dependency failed for ${title(this.#units.get(dependent))}.`, 4);
        this.#say(
          dependent,
          `${dependent}: Job ${dependent}/start failed with result 'dependency'.`,
          5,
        );
        this.#finish(job, 'dependency');
      }
    }
  }
}
