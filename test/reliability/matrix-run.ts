import type { ChaosProxy, Disruption, SeenRequest } from './chaos-proxy.ts';
import { Ec2Reader } from './ec2-reader.ts';
import type { FaultCase, FaultPlan, Ground, StruckCommand } from './fault.ts';
import { alwaysHolds, endsTruly, endsWell } from './invariants.ts';
import { launchedInstances, someInstance, untilTerminated } from './ledger-sights.ts';
import { ProcessStrike } from './process-strike.ts';
import { ProgramCalls } from './program-calls.ts';
import type { ProgramEnd, World } from './program-in-process.ts';
import { Random, seedOf } from './random.ts';
import type { RunRecord } from './run-record.ts';
import type { Slots } from './slot.ts';
import { Stage } from './stage.ts';
import { readEvents, toldNodes } from './told-events.ts';
import { Witness } from './witness.ts';

/** What runs of one process share. */
export type MatrixRunOptions = {
  readonly fault: FaultCase;
  readonly seed: number;
  readonly proxy: ChaosProxy;
  readonly slots: Slots;
  /** Which of the slots is this run's. */
  readonly slot: number;
};

/** Does one seeded run, and tells what it came to. Rejects for defects of the suite only. */
export const runSeed = async (options: MatrixRunOptions): Promise<RunRecord> => {
  const begin = performance.now();
  const random = new Random(seedOf(options.fault.name, options.seed));
  const plan = options.fault.plan(random);
  const run = await MatrixRun.open(options, plan, random);
  try {
    await run.drive();
  } finally {
    await run.close();
  }
  return {
    fault: options.fault.name,
    seed: options.seed,
    text: plan.text,
    outcome: run.outcome,
    violations: run.violations,
    seconds: (performance.now() - begin) / 1000,
    log: run.violations.length > 0 ? run.log : [],
  };
};

class MatrixRun {
  readonly log: string[] = [];
  readonly violations: string[] = [];
  readonly outcome: Record<string, number> = {};
  readonly #options: MatrixRunOptions;
  readonly #plan: FaultPlan;
  readonly #stage: Stage;
  readonly #ground: Ground;
  readonly #calls: ProgramCalls;
  readonly #witness: Witness;
  readonly #background: Promise<void>[] = [];
  readonly #begin = performance.now();
  /** What strikes the process that runs, where one does. */
  #strike: ProcessStrike | undefined;
  #requests = 0;
  /** Whether the fault may strike now. */
  #isArmed = false;

  static async open(
    options: MatrixRunOptions,
    plan: FaultPlan,
    random: Random,
  ): Promise<MatrixRun> {
    const { seed, slot, slots } = options;
    const ground: { current?: Ground } = {};
    const stage = await Stage.open({
      deployment: `matrix-${seed}`,
      profile: slots.profile(slot),
      plan,
      random,
      interfere: (command, machine) => ground.current?.interfere(command, machine),
    });
    const run = new MatrixRun(options, plan, random, stage);
    ground.current = run.#ground;
    return run;
  }

  private constructor(options: MatrixRunOptions, plan: FaultPlan, random: Random, stage: Stage) {
    this.#options = options;
    this.#plan = plan;
    this.#stage = stage;
    const { endpoint, hypervisor, shipped, site, usual } = stage;
    const { deployment, nodes, regions } = usual;
    const { proxy, slot, slots } = options;
    const reader = new Ec2Reader(endpoint.url);
    const world: World = { clockOffset: 0, hasDns: true, unhandled: [] };
    const seen = { endpoint, hypervisor, reader, regions, site, world };
    this.#witness = new Witness({
      ...seen,
      deployment,
      nodes,
      hasShippedNodes: shipped !== undefined,
    });
    this.#calls = new ProgramCalls({
      site,
      world,
      environment: {
        ...slots.environment,
        AWS_ENDPOINT_URL_EC2: proxy.url,
        ...(process.env.NODE_COMPILE_CACHE === undefined
          ? {}
          : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
      },
      timeouts: stage.timeouts,
      onHang: (seconds) => this.violations.push(`hang: not over after ${seconds} s`),
      note: (text) => this.#note(text),
    });
    this.#ground = {
      ...seen,
      random,
      disrupt: () => undefined,
      serverClockOffset: 0,
      interfere: () => undefined,
      whenPhase: (phase, callback) => this.#calls.whenPhase(phase, callback),
      someInstance: () => someInstance(endpoint.ledger),
      gone: (instanceId) => untilTerminated(endpoint.ledger, instanceId),
      renewCredentials: () => slots.renew(slot),
      note: (text) => this.#note(text),
      background: (work) => {
        this.#background.push(
          work.catch((error: unknown) => this.#note(`in the background: ${String(error)}`)),
        );
      },
    };
    proxy.open(slots.accessKeyId(slot), {
      target: endpoint.url,
      clock: () => Date.now() + this.#ground.serverClockOffset,
      disrupt: (request) => this.#pass(request),
      onForwarded: () => {
        if (this.#isArmed) this.#strike?.forwarded(this.#requests);
      },
    });
  }

  /** The command under the fault, the same command without it, and what came of both. */
  async drive(): Promise<void> {
    const { arm, before, command, expects, heal, launchesOnce } = this.#plan;
    const { site, usual } = this.#stage;
    if (command !== 'create') await this.#prepare(usual.nodes);
    else if (before !== undefined) await this.#prepare(before);
    if (this.violations.length > 0) return;
    if (command === 'push') await site.change();
    this.#note(`fault: ${this.#plan.text}`);
    await arm?.(this.#ground);
    this.#requests = 0;
    this.#isArmed = true;
    const ends = await this.#struck(command);
    this.#isArmed = false;
    await Promise.all(this.#background);
    for (const end of ends) {
      const evidence = await this.#witness.evidence(command, end);
      count(end, this.outcome);
      this.#require('', alwaysHolds(evidence));
      // Who was killed says nothing of its end.
      if (end.status !== null) this.#require('', endsTruly(evidence, expects));
    }
    this.#note('the fault is over');
    await heal?.(this.#ground);
    // What had to fail soon may take its time from now on.
    await site.configure(usual);
    this.#calls.forgetPhases();
    const again = await this.#calls.run(command, []);
    const after = await this.#witness.evidence(command, again);
    this.#require('after it, ', alwaysHolds(after));
    this.#require('after it, ', endsTruly(after, { ready: 'all', causes: [], machinesGo: true }));
    this.#require('after it, ', endsWell(after));
    if (command === 'create' && launchesOnce) this.#requireNoSpares();
    const { slot, slots } = this.#options;
    this.#require('', await this.#witness.leaks(this.#calls.ends, slots.secretAccessKey(slot)));
  }

  async close(): Promise<void> {
    const { proxy, slot, slots } = this.#options;
    this.#strike?.end();
    await this.#stage.close();
    proxy.shut(slots.accessKeyId(slot));
  }

  #require(prefix: string, violations: readonly string[]): void {
    for (const violation of violations) this.violations.push(`${prefix}${violation}`);
  }

  /** A crash launches nothing that a run without one would not have launched. */
  #requireNoSpares(): void {
    const { endpoint, usual } = this.#stage;
    const launched = launchedInstances(endpoint.ledger).length;
    if (launched !== usual.nodes) {
      this.violations.push(`duplicate: ${launched} were launched, ${usual.nodes} are wanted`);
    }
  }

  #note(text: string): void {
    const time = ((performance.now() - this.#begin) / 1000).toFixed(3).padStart(8);
    this.log.push(`${time} ${text}`);
  }

  /** Makes a fleet while nothing is wrong yet. */
  async #prepare(nodes: number): Promise<void> {
    const end = await this.#calls.run('create', ['--count', String(nodes)]);
    const evidence = await this.#witness.evidence('create', end);
    this.#require('before the fault, ', endsWell({ ...evidence, nodes }));
  }

  /** The command under the fault: once, at the same time as somebody else's, or again and again. */
  async #struck(command: StruckCommand): Promise<ProgramEnd[]> {
    const { hasCompanion, processes, words: more = [] } = this.#plan;
    const others = () =>
      hasCompanion ? [this.#calls.run(command, more, { isCompanion: true })] : [];
    if (processes === undefined) {
      return Promise.all([this.#calls.run(command, more), ...others()]);
    }
    const ends: ProgramEnd[] = [];
    for (const fault of processes) {
      this.#requests = 0;
      this.#strike = new ProcessStrike(fault, (text) => this.#note(text));
      const own = this.#calls.runStruck(command, this.#strike);
      ends.push(...(await Promise.all([own, ...others()])));
    }
    this.#strike = undefined;
    return ends;
  }

  #pass(request: SeenRequest): Disruption | undefined {
    const nth = this.#requests;
    this.#requests += 1;
    if (!this.#isArmed) return undefined;
    if (this.#strike === undefined || this.#strike.phase !== undefined) {
      return this.#ground.disrupt({ ...request, nth });
    }
    return this.#strike.requested(nth, request.action);
  }
}

/** Adds nodes by how they ended, and programs that were killed. */
const count = ({ status, stdout }: ProgramEnd, outcome: Record<string, number>): void => {
  const ends =
    status === null ? ['killed'] : toldNodes(readEvents(stdout, [])).map(({ phase }) => phase);
  for (const end of ends) outcome[end] = (outcome[end] ?? 0) + 1;
};
