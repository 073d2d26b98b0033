import { JobRefusedError, type JobType } from './job.ts';
import type { DependencyKind, Unit } from './unit.ts';

/** What a transaction has to know of the machine's units. */
export type UnitGraph = {
  load(name: string): Promise<Unit>;
  isActive(id: string): boolean;
  /** Units that are loaded and name this one under the kind. */
  dependents(id: string, kind: DependencyKind): readonly string[];
};

export type PlannedJob = { readonly unitId: string; readonly type: JobType };

/**
 * The jobs that one request comes to: the unit's own, those of what it needs, and those of what
 * needs it (systemd.unit(5)).
 *
 * @throws JobRefusedError when the unit, or one that it requires, can't be loaded.
 */
export const planJobs = async (
  graph: UnitGraph,
  name: string,
  type: JobType,
): Promise<PlannedJob[]> => {
  const jobs = new Map<string, JobType>();
  const anchor = await graph.load(name);
  const verb = type === 'stop' ? 'stop' : type === 'reload' ? 'reload' : type;

  const start = async (unit: Unit, wanted: JobType): Promise<void> => {
    const known = jobs.get(unit.id);
    if (known !== undefined && (known === wanted || known === 'restart')) return;
    refuseUnloadable(unit, anchor.id, verb);
    if (unit.id !== anchor.id && wanted === 'start' && graph.isActive(unit.id)) return;
    jobs.set(unit.id, wanted);
    for (const needed of [...unit.dependencies.Requires, ...unit.dependencies.BindsTo]) {
      await start(await graph.load(needed), 'start');
    }
    for (const wantedName of unit.dependencies.Wants) {
      const other = await graph.load(wantedName);
      if (other.loadState === 'loaded') await startIfPossible(other);
    }
    if (wanted === 'restart') {
      for (const dependent of dependentsOf(unit.id)) {
        if (graph.isActive(dependent)) await start(await graph.load(dependent), 'restart');
      }
    }
  };

  // What is merely wanted does not stand in the way when it needs what does not exist.
  const startIfPossible = async (unit: Unit): Promise<void> => {
    const before = new Map(jobs);
    try {
      await start(unit, 'start');
    } catch (error) {
      if (!(error instanceof JobRefusedError)) throw error;
      jobs.clear();
      for (const [id, job] of before) jobs.set(id, job);
    }
  };

  const stop = (id: string): void => {
    if (jobs.has(id)) return;
    jobs.set(id, 'stop');
    for (const dependent of dependentsOf(id)) if (graph.isActive(dependent)) stop(dependent);
  };

  const dependentsOf = (id: string): readonly string[] => [
    ...graph.dependents(id, 'Requires'),
    ...graph.dependents(id, 'BindsTo'),
    ...graph.dependents(id, 'PartOf'),
  ];

  if (type === 'stop') {
    if (anchor.loadState === 'not-found') {
      throw new JobRefusedError(`Failed to stop ${anchor.id}: Unit ${anchor.id} not loaded.`, 5);
    }
    stop(anchor.id);
  } else if (type === 'reload') {
    refuseUnloadable(anchor, anchor.id, verb);
    jobs.set(anchor.id, 'reload');
  } else {
    await start(anchor, type);
  }
  return [...jobs].map(([unitId, job]) => ({ unitId, type: job }));
};

const refuseUnloadable = (unit: Unit, anchor: string, verb: string): void => {
  switch (unit.loadState) {
    case 'loaded':
      return;
    case 'not-found':
      throw new JobRefusedError(`Failed to ${verb} ${anchor}: Unit ${unit.id} not found.`, 5);
    case 'masked':
      throw new JobRefusedError(`Failed to ${verb} ${anchor}: Unit ${unit.id} is masked.`, 1);
    case 'bad-setting':
      throw new JobRefusedError(
        `Failed to ${verb} ${anchor}: Unit ${unit.id} has a bad unit file setting.`,
        1,
      );
    default:
      unit.loadState satisfies never;
  }
};

/**
 * Finds jobs that wait for each other in a circle; empty when there are none.
 *
 * @param waitsFor The jobs of a list that a job waits for.
 */
export const findCycle = <T>(jobs: readonly T[], waitsFor: (job: T) => readonly T[]): T[] => {
  const finished = new Set<T>();
  const path: T[] = [];
  const visit = (job: T): T[] => {
    const at = path.indexOf(job);
    if (at >= 0) return path.slice(at);
    if (finished.has(job)) return [];
    path.push(job);
    for (const other of waitsFor(job)) {
      const cycle = visit(other);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    finished.add(job);
    return [];
  };
  for (const job of jobs) {
    const cycle = visit(job);
    if (cycle.length > 0) return cycle;
  }
  return [];
};
