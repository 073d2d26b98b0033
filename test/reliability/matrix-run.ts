import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fastBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { type Endpoint, startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { createNodeHypervisor, type NodeHypervisor } from '../../source/sandbox/node/hypervisor.ts';
import { askNode } from './ask-node.ts';
import type { ChaosProxy, Disruption, SeenRequest } from './chaos-proxy.ts';
import { Ec2Reader, type Remains } from './ec2-reader.ts';
import type {
  FaultCase,
  FaultPlan,
  Ground,
  PhaseSeen,
  ProcessFault,
  StruckCommand,
} from './fault.ts';
import {
  alwaysHolds,
  type Evidence,
  endsTruly,
  endsWell,
  type MachineTruth,
} from './invariants.ts';
import { ModelHypervisor } from './model-hypervisor.ts';
import type { MachineTimes } from './model-machine.ts';
import { type ProgramEnd, runProgram, type World } from './program-in-process.ts';
import { runProcess } from './program-process.ts';
import { Random, seedOf } from './random.ts';
import type { RunRecord } from './run-record.ts';
import { type Exposed, filesBelow, findSecrets } from './secrets.ts';
import { Site, type SiteOptions } from './site.ts';
import type { Slots } from './slot.ts';
import { readEvents, toldNodes } from './told-events.ts';

/** What runs of one process share. */
export type MatrixRunOptions = {
  readonly fault: FaultCase;
  readonly seed: number;
  readonly proxy: ChaosProxy;
  readonly slots: Slots;
  /** Which of the slots is this run's. */
  readonly slot: number;
};

/** Seconds; machines that do the work of many let each of them wait. */
const usualTimeouts = {
  launching: 90,
  booting: 90,
  connecting: 90,
  uploading: 90,
  'cloud-init': 90,
  configuring: 90,
  verifying: 90,
};

/** Milliseconds beyond all timeouts in which a command must have ended, and the most that it gets. */
const grace = 60_000;
const longestWait = 400_000;

/** Milliseconds between two looks for something that comes by itself. */
const lookInterval = 20;

/** Milliseconds that a machine may take to come back from what struck it after all was told. */
const returnTime = 60_000;

const words: Readonly<Record<StruckCommand, readonly string[]>> = {
  create: ['create', '--ci', '--json'],
  push: ['push', '--ci', '--json'],
  destroy: ['destroy', '--yes', '--ci', '--json'],
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
  readonly #site: Site;
  readonly #endpoint: Endpoint;
  readonly #hypervisor: ModelHypervisor;
  readonly #reader: Ec2Reader;
  readonly #ground: Ground;
  readonly #world: World = { clockOffset: 0, hasDns: true, unhandled: [] };
  readonly #background: Promise<void>[] = [];
  readonly #ends: ProgramEnd[] = [];
  readonly #begin = performance.now();
  readonly #nodes: number;
  readonly #shipped: NodeHypervisor | undefined;
  /** The configuration, once nothing is wrong any more. */
  readonly #usual: SiteOptions;
  #process: ProcessFault | undefined;
  #child: ChildProcess | undefined;
  #requests = 0;
  /** Whether the fault may strike the process now. */
  #isArmed = false;
  #awaited: { readonly phase: string; readonly callback: (event: PhaseSeen) => void }[] = [];

  static async open(
    options: MatrixRunOptions,
    plan: FaultPlan,
    random: Random,
  ): Promise<MatrixRun> {
    const { slot, slots } = options;
    const nodes = plan.nodes ?? random.between(2, 4);
    const regions =
      plan.regions ?? (random.isTrue(0.3) ? ['us-west-2', 'eu-west-1'] : ['us-west-2']);
    const usual: SiteOptions = {
      deployment: `matrix-${options.seed}`,
      nodes,
      regions,
      profile: slots.profile(slot),
      timeouts: usualTimeouts,
      ...(plan.configuration === undefined ? {} : { extra: plan.configuration }),
    };
    const timeouts = { ...usualTimeouts, ...plan.timeouts };
    const site = await Site.make({ ...usual, timeouts }, random);
    const ground: { current?: Ground } = {};
    const hypervisor = new ModelHypervisor({
      times: () => (plan.times ?? usualTimes)(random),
      interfere: (command, machine) => ground.current?.interfere(command, machine),
    });
    const shipped = plan.hasShippedNodes ? await shippedNodes(site) : undefined;
    const endpoint = await startEndpoint({
      hypervisor: shipped ?? hypervisor,
      bootTimes: { ...fastBootTimes, ...plan.bootTimes },
    });
    const parts = { endpoint, hypervisor, nodes, random, regions, shipped, site, usual };
    const run = new MatrixRun(options, plan, parts);
    ground.current = run.#ground;
    return run;
  }

  private constructor(
    options: MatrixRunOptions,
    plan: FaultPlan,
    parts: Pick<Ground, 'endpoint' | 'hypervisor' | 'random' | 'regions' | 'site'> & {
      readonly nodes: number;
      readonly shipped: NodeHypervisor | undefined;
      readonly usual: SiteOptions;
    },
  ) {
    const { endpoint, hypervisor, nodes, random, regions, shipped, site } = parts;
    this.#shipped = shipped;
    this.#usual = parts.usual;
    this.#nodes = nodes;
    this.#options = options;
    this.#plan = plan;
    this.#site = site;
    this.#endpoint = endpoint;
    this.#hypervisor = hypervisor;
    this.#reader = new Ec2Reader(endpoint.url);
    this.#ground = {
      random,
      site,
      endpoint,
      hypervisor,
      reader: this.#reader,
      world: this.#world,
      regions,
      disrupt: () => undefined,
      serverClockOffset: 0,
      interfere: () => undefined,
      whenPhase: (phase, callback) => {
        this.#awaited.push({ phase, callback });
      },
      someInstance: () => this.#someInstance(),
      gone: (instanceId) => this.#gone(instanceId),
      renewCredentials: () => options.slots.renew(options.slot),
      note: (text) => this.#note(text),
      background: (work) => {
        this.#background.push(
          work.catch((error: unknown) => this.#note(`in the background: ${String(error)}`)),
        );
      },
    };
    const { proxy, slot, slots } = options;
    proxy.open(slots.accessKeyId(slot), {
      target: endpoint.url,
      clock: () => Date.now() + this.#ground.serverClockOffset,
      disrupt: (request) => this.#pass(request),
      onForwarded: () => this.#forwarded(),
    });
  }

  /** The command under the fault, the same command without it, and what came of both. */
  async drive(): Promise<void> {
    const { arm, command, expects, heal } = this.#plan;
    if (command !== 'create') await this.#prepare(this.#nodes);
    else if (this.#plan.before !== undefined) await this.#prepare(this.#plan.before);
    if (this.violations.length > 0) return;
    if (command === 'push') await this.#site.change();
    this.#note(`fault: ${this.#plan.text}`);
    await arm?.(this.#ground);
    this.#requests = 0;
    this.#isArmed = true;
    const ends = await this.#struck(command);
    this.#isArmed = false;
    await Promise.all(this.#background);
    for (const end of ends) {
      const evidence = await this.#evidence(command, end);
      count(end, this.outcome);
      this.#require('', alwaysHolds(evidence));
      // Who was killed says nothing of its end.
      if (end.status !== null) this.#require('', endsTruly(evidence, expects));
    }
    this.#note('the fault is over');
    await heal?.(this.#ground);
    // What had to fail soon may take its time from now on.
    await this.#site.configure(this.#usual);
    this.#awaited = [];
    const again = await this.#run(command, []);
    const after = await this.#evidence(command, again);
    this.#require('after it, ', alwaysHolds(after));
    this.#require('after it, ', endsTruly(after, { ready: 'all', causes: [], machinesGo: true }));
    this.#require('after it, ', endsWell(after));
    if (command === 'create' && this.#plan.launchesOnce) this.#requireNoSpares();
    this.#require('', await this.#findSecrets());
  }

  async close(): Promise<void> {
    const { proxy, slot, slots } = this.#options;
    this.#child?.kill('SIGKILL');
    await this.#endpoint.close();
    await this.#shipped?.close();
    proxy.shut(slots.accessKeyId(slot));
    await this.#site.remove();
  }

  #require(prefix: string, violations: readonly string[]): void {
    for (const violation of violations) this.violations.push(`${prefix}${violation}`);
  }

  /** A crash launches nothing that a run without one would not have launched. */
  #requireNoSpares(): void {
    const launched = this.#endpoint.ledger.entries().filter(({ type }) => type === 'launched');
    const wanted = this.#nodes;
    if (launched.length !== wanted) {
      this.violations.push(`duplicate: ${launched.length} were launched, ${wanted} are wanted`);
    }
  }

  #note(text: string): void {
    const time = ((performance.now() - this.#begin) / 1000).toFixed(3).padStart(8);
    this.log.push(`${time} ${text}`);
  }

  /** Makes a fleet while nothing is wrong yet. */
  async #prepare(nodes: number): Promise<void> {
    const end = await this.#run('create', ['--count', String(nodes)]);
    const evidence = await this.#evidence('create', end);
    this.#require('before the fault, ', endsWell({ ...evidence, nodes }));
  }

  /** The command under the fault: once, at the same time as somebody else's, or again and again. */
  async #struck(command: StruckCommand): Promise<ProgramEnd[]> {
    const { hasCompanion, processes, words: more = [] } = this.#plan;
    if (processes === undefined) {
      const own = this.#run(command, more);
      return Promise.all(hasCompanion ? [own, this.#run(command, more, true)] : [own]);
    }
    const ends: ProgramEnd[] = [];
    for (const process of processes) {
      this.#requests = 0;
      this.#process = process;
      const own = this.#runProcess(command);
      const others = hasCompanion ? [this.#run(command, more, true)] : [];
      ends.push(...(await Promise.all([own, ...others])));
    }
    this.#process = undefined;
    return ends;
  }

  #run(command: StruckCommand, more: readonly string[], isCompanion = false): Promise<ProgramEnd> {
    this.#note(`$ spot-tui ${[...words[command], ...more].join(' ')}`);
    return this.#bounded(
      runProgram([...words[command], ...more], {
        home: isCompanion ? this.#site.otherHome : this.#site.home,
        folder: this.#site.folder,
        world: this.#world,
        onLine: (line) => this.#hear(line, isCompanion),
      }),
    );
  }

  #runProcess(command: StruckCommand): Promise<ProgramEnd> {
    this.#note(`$ spot-tui ${words[command].join(' ')} (a process of its own)`);
    const { proxy, slots } = this.#options;
    const { at } = this.#process ?? {};
    if (at?.type === 'phase') {
      this.#ground.whenPhase(at.phase, () => {
        setTimeout(() => this.#strikeProcess(), at.delay);
      });
    }
    return this.#bounded(
      runProcess(words[command], {
        home: this.#site.home,
        folder: this.#site.folder,
        environment: {
          ...slots.environment,
          AWS_ENDPOINT_URL_EC2: proxy.url,
          ...(process.env.NODE_COMPILE_CACHE === undefined
            ? {}
            : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
        },
        onLine: (line) => this.#hear(line),
        onStart: (child) => {
          this.#child = child;
        },
      }),
    );
  }

  /** Ends with a violation where a command has not ended long after it must have. */
  async #bounded(work: Promise<ProgramEnd>): Promise<ProgramEnd> {
    const timeouts = { ...usualTimeouts, ...this.#plan.timeouts };
    const sum = Object.values(timeouts).reduce((total, seconds) => total + seconds * 1000, 0);
    const limit = Math.min(sum + grace, longestWait);
    const timer = new AbortController();
    const overdue = sleep(limit, undefined, { signal: timer.signal }).then(() => {
      this.violations.push(`hang: not over after ${limit / 1000} s`);
      this.#child?.kill('SIGKILL');
      return { status: 1, stdout: '', stderr: '' };
    });
    overdue.catch(() => undefined);
    const end = await Promise.race([work, overdue]);
    timer.abort();
    this.#ends.push(end);
    this.#note(`ended with ${end.status}`);
    for (const line of end.stderr.split('\n').filter(Boolean)) this.#note(`stderr: ${line}`);
    return end;
  }

  #hear(line: string, isCompanion = false): void {
    this.#note(isCompanion ? `(the other one) ${line}` : line);
    if (isCompanion) return;
    const [event] = readEvents(line, []);
    if (event?.event !== 'phase' || typeof event.node !== 'string') return;
    const { instanceId, node, phase } = event;
    const due = this.#awaited.find((each) => each.phase === phase);
    if (due === undefined) return;
    this.#awaited = this.#awaited.filter((each) => each !== due);
    due.callback({ node, ...(typeof instanceId === 'string' ? { instanceId } : {}) });
  }

  #pass(request: SeenRequest): Disruption | undefined {
    const nth = this.#requests;
    this.#requests += 1;
    if (!this.#isArmed) return undefined;
    const at = this.#process?.at;
    if (at?.type !== 'request') return this.#ground.disrupt({ ...request, nth });
    if (nth !== at.nth) return undefined;
    if (at.when === 'before') this.#strikeProcess();
    this.#note(`struck at ${request.action}`);
    // Whoever else it may have been tries again.
    return { type: 'drop', when: at.when };
  }

  #forwarded(): void {
    const at = this.#process?.at;
    if (this.#isArmed && at?.type === 'request' && this.#requests > at.nth) this.#strikeProcess();
  }

  #strikeProcess(): void {
    const what = this.#process?.what;
    const child = this.#child;
    if (what === undefined || child === undefined || child.exitCode !== null) return;
    this.#note(`the process is struck: ${what.type}`);
    if (what.type === 'kill') {
      child.kill('SIGKILL');
      return;
    }
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), what.milliseconds);
  }

  async #someInstance(): Promise<string> {
    for (;;) {
      const launched = this.#endpoint.ledger.entries().find(({ type }) => type === 'launched');
      if (launched?.type === 'launched') return launched.instanceId;
      await sleep(lookInterval);
    }
  }

  async #gone(instanceId: string): Promise<void> {
    const isGone = () =>
      this.#endpoint.ledger
        .entries()
        .some(
          (entry) =>
            entry.type === 'state' &&
            entry.instanceId === instanceId &&
            entry.state === 'terminated',
        );
    while (!isGone()) await sleep(lookInterval);
  }

  async #evidence(command: StruckCommand, end: ProgramEnd): Promise<Evidence> {
    const { regions } = this.#ground;
    const deployment = `matrix-${this.#options.seed}`;
    const [shown, remains] = await Promise.all([
      Promise.all(regions.map((region) => this.#reader.instances(region))),
      Promise.all(regions.map((region) => this.#reader.remains(region, deployment))),
    ]);
    return {
      command,
      deployment,
      nodes: this.#nodes,
      end,
      ledger: this.#endpoint.ledger.entries(),
      shown: shown.flat(),
      remains: Object.assign({}, ...remains) as Remains,
      machines: await this.#truths(end),
      version: this.#site.version,
      unhandled: this.#world.unhandled.splice(0),
      unknownCommands: this.#hypervisor.unknown.splice(0),
    };
  }

  /** What is true of the machines that live. */
  async #truths({ stdout }: ProgramEnd): Promise<Map<string, MachineTruth>> {
    if (this.#shipped === undefined) {
      return new Map(
        [...this.#hypervisor.machines].map(([id, { applied, services }]) => [
          id,
          {
            version: applied?.content.get('config/version')?.toString(),
            isServing: services.has('work.service'),
          },
        ]),
      );
    }
    const shown = await Promise.all(
      this.#ground.regions.map((region) => this.#reader.instances(region)),
    );
    const running = shown.flat().filter(({ state }) => state === 'running');
    const ready = new Set(
      toldNodes(readEvents(stdout, []))
        .filter(({ phase }) => phase === 'ready')
        .map(({ instanceId }) => instanceId),
    );
    return new Map(
      await Promise.all(
        running.map(async ({ instanceId, tags }) => {
          const port = Number(tags['spot-tui:ssh-port']);
          const patience = ready.has(instanceId) ? returnTime : 0;
          return [instanceId, await askNode(port, this.#site.privateKey, patience)] as const;
        }),
      ),
    );
  }

  async #findSecrets(): Promise<string[]> {
    const { slot, slots } = this.#options;
    const keyLines = this.#site.privateKey.split('\n');
    const secrets = [
      { name: 'the private key', text: keyLines[2] ?? '' },
      { name: 'the orchestrator token', text: this.#site.token },
      { name: 'the secret access key', text: slots.secretAccessKey(slot) },
    ];
    const exposed: Exposed[] = [
      ...this.#ends.flatMap(({ stderr, stdout }) => [
        { where: 'standard output', text: stdout },
        { where: 'standard error', text: stderr },
      ]),
      { where: 'command lines on nodes', text: this.#hypervisor.commandLines.join('\n') },
      ...[...this.#hypervisor.machines.values()].map(({ request }) => ({
        where: 'user data',
        text: request.userData,
      })),
      ...(await filesBelow(this.#site.home)),
      ...(await Promise.all(
        this.#ground.regions.map(async (region) => ({
          where: `what EC2 tells in ${region}`,
          text: await this.#reader.texts(region),
        })),
      )),
    ];
    return findSecrets(secrets, exposed);
  }
}

/** The sandbox's own nodes: they run what is shipped, and take a second of a processor each. */
const shippedNodes = (site: Site): Promise<NodeHypervisor> =>
  createNodeHypervisor({
    folder: path.join(site.folder, 'sandbox'),
    fast: true,
    publicKeyLine: site.publicKey,
    cutTime: 300,
  });

/** Adds nodes by how they ended, and programs that were killed. */
const count = ({ status, stdout }: ProgramEnd, outcome: Record<string, number>): void => {
  const ends =
    status === null ? ['killed'] : toldNodes(readEvents(stdout, [])).map(({ phase }) => phase);
  for (const end of ends) outcome[end] = (outcome[end] ?? 0) + 1;
};

const usualTimes = (random: Random): MachineTimes => ({
  boot: random.between(20, 300),
  cloudInit: random.between(30, 500),
  configure: random.between(10, 150),
});
