import { type Instance, type LaunchedInstance, tagNames } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { Examination } from '../pipeline/examine.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { SpotNotice } from '../pipeline/spot-notices.ts';
import type { Admission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { watchHealth } from './health-watch.ts';
import type { MachineRecord } from './machine-record.ts';
import { NodeInspection } from './node-inspection.ts';
import { NodeLog } from './node-log.ts';
import { NodeRun, type RunEnd, type RunRequest, takenBack } from './node-run.ts';
import { isAlive } from './plan.ts';
import { SpotWatch } from './spot-watch.ts';
import { describeEnd, isReclaim } from './state-reason.ts';

export type NodeSessionOptions = {
  readonly context: Omit<NodeContext, 'payload' | 'machine'>;
  readonly machine: MachineRecord;
  /** The files as they are now; a run keeps those that it began with. */
  readonly payload: () => Payload | undefined;
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Whether the node's journal is followed and reported. */
  readonly followLog: boolean;
  /** Whether its health is watched once it is ready, and what EC2 tells it of its end. */
  readonly isWatched: boolean;
  /** Bounds how many nodes are looked at together. */
  readonly inspections: Admission;
};

/** Milliseconds to wait for a node that does not answer where its state now is asked for. */
const longestWait = 30_000;

/** One node for as long as the program runs: its machine, its runs, its log, its health. */
export class NodeSession {
  readonly machine: MachineRecord;
  readonly #options: NodeSessionOptions;
  readonly #log: NodeLog;
  readonly #inspection: NodeInspection;
  readonly #spotWatch: SpotWatch;
  #healthWatch: AbortController | undefined;
  #attempt = 0;
  #run: { readonly of: NodeRun; readonly over: Promise<void> } | undefined;
  #next: NodeRun | undefined;
  /** Whether the end of the machine was asked for here. */
  #isDismissed = false;
  #isClosed = false;
  #reportedEnd: string | undefined;
  #sshPort = 22;
  #price: number | undefined;

  constructor(options: NodeSessionOptions) {
    this.machine = options.machine;
    this.#options = options;
    const { context, inspections, machine, payload } = options;
    this.#log = new NodeLog(context.report);
    this.#inspection = new NodeInspection({ context, machine, payload, admission: inspections });
    this.#spotWatch = new SpotWatch({
      scripts: context.scripts,
      onNotice: (notice) => this.#hear(notice),
      onProblem: (problem) => this.log(`what EC2 tells the node can't be followed: ${problem}`),
    });
  }

  get name(): string {
    return this.#options.context.name;
  }

  get region(): string {
    return this.#options.context.region;
  }

  /** Whether something is being done to the node, beyond looking at it. */
  get isWorking(): boolean {
    return this.#run !== undefined && this.#run.of.journey !== 'observe';
  }

  /** Whether the end of its machine was asked for here. */
  get isDismissed(): boolean {
    return this.#isDismissed;
  }

  /** Whether somebody waits for its machine to come or go. */
  get awaitsMachine(): boolean {
    const state = this.machine.instance?.state;
    return this.#isDismissed || this.machine.isGone
      ? state !== 'terminated'
      : this.#run !== undefined && state !== 'running';
  }

  /** Whether a machine is being launched for it here. */
  get awaitsLaunch(): boolean {
    return this.#run !== undefined && this.machine.instanceId === undefined;
  }

  /** Resolves once nothing is being done to the node. */
  async idle(): Promise<void> {
    while (this.#run !== undefined) await this.#run.over;
  }

  /**
   * Starts a run. One that is under way is finished first, unless it only observes; what is wished
   * for meanwhile becomes one run. A machine that is gone is left alone, and after `close` nothing
   * begins.
   *
   * @returns What became of it.
   */
  start(journey: Journey, request?: RunRequest): Promise<RunEnd> {
    if (request?.signal?.aborted) return Promise.resolve(takenBack);
    if (this.#isClosed) return Promise.resolve(programEnds);
    if (this.machine.isGone) {
      this.log(`${journey} has nothing to work on: the machine is gone`);
      return Promise.resolve({ type: 'ended', reason: 'the machine is gone' });
    }
    const next = this.#next?.isStopped === false ? this.#next : new NodeRun(journey);
    const end = next.join(journey, request);
    if (this.#run === undefined) {
      this.#begin(next);
      return end;
    }
    this.#next = next;
    const { isStopped, journey: current } = this.#run.of;
    if (current === 'observe') this.#run.of.stop({ type: 'ended', reason: 'made way' });
    else if (!isStopped) this.log(`${journey} begins when what is being done to the node is over`);
    return end;
  }

  /** Forgets a machine that is gone, or on its way out, or that never came, and starts anew. */
  startAnew(request?: RunRequest): Promise<RunEnd> {
    this.machine.reset();
    this.#isDismissed = false;
    this.#price = undefined;
    return this.start('create', request);
  }

  /** EC2 gave the node this instance. */
  launched({ instanceId, instanceType, zone }: LaunchedInstance): void {
    this.machine.settleLaunch({
      instanceId,
      instanceType,
      ...(zone === undefined ? {} : { zone }),
    });
    this.#options.emit({
      event: 'instance',
      time: this.#options.clock(),
      node: this.name,
      instanceId,
      region: this.region,
      ...(zone === undefined ? {} : { zone }),
      instanceType,
    });
  }

  /** EC2 described the node's instance. */
  observed(instance: Instance, sshPort: number): void {
    const before = this.machine.instance;
    this.machine.update(instance);
    this.#sshPort = sshPort;
    if (before === undefined || factsOf(before) !== factsOf(instance)) this.#tellInstance(instance);
    if (!isAlive(instance)) this.#reportEnd(instance);
  }

  /** Somebody else gave the node another machine: what there was of the old one is over. */
  replaced(instance: Instance, sshPort: number): void {
    this.#stop({ type: 'ended', reason: 'replaced elsewhere' });
    this.machine.reset();
    this.#isDismissed = false;
    this.#price = undefined;
    this.observed(instance, sshPort);
  }

  /** The spot price of the machine's pool became known, in US dollars per hour. */
  priced(price: number): void {
    if (this.#price === price) return;
    this.#price = price;
    if (this.machine.instance !== undefined) this.#tellInstance(this.machine.instance);
  }

  /** EC2 was asked here to end the machine, and has agreed. */
  dismissed(): void {
    this.#isDismissed = true;
    if (this.machine.isGone) return;
    const reason = 'asked for here';
    this.#stop({ type: 'ended', reason: `terminated: ${reason}` });
    this.#enter('terminating', reason);
  }

  /**
   * Looks at the node now, and reports what is found as its health.
   *
   * @throws UnseenError when it can't be reached or does not answer, and PhaseFailure when it does
   * not let itself be inspected; both have a hint.
   */
  async examine(signal: AbortSignal): Promise<Examination> {
    const { context } = this.#options;
    const patience = Math.min(context.config.timeouts.connecting, longestWait);
    const examination = await this.#inspection.examine(patience, signal);
    context.report.health(examination.health, { always: true });
    return examination;
  }

  log(message: string): void {
    this.#options.context.report.log(message);
  }

  /** Ends all work on the node without touching its machine. */
  close(): void {
    this.#isClosed = true;
    this.#stop(programEnds);
    this.machine.close();
  }

  #tellInstance(instance: Instance): void {
    const { address, privateAddress, publicAddress } = instance;
    this.#options.emit({
      event: 'instance',
      time: this.#options.clock(),
      node: this.name,
      instanceId: instance.instanceId,
      region: instance.region,
      zone: instance.zone,
      instanceType: instance.instanceType,
      imageId: instance.imageId,
      ...(address === undefined ? {} : { address, sshPort: this.#sshPort }),
      ...(publicAddress === undefined ? {} : { publicAddress }),
      ...(privateAddress === undefined ? {} : { privateAddress }),
      ...(this.#price === undefined ? {} : { pricePerHour: this.#price }),
      launchedAt: instance.launchedAt,
    });
  }

  #begin(run: NodeRun): void {
    const { context, payload } = this.#options;
    this.#attempt += 1;
    this.#healthWatch?.abort();
    const over = run.begin({
      context: { ...context, machine: this.machine },
      payload: payload(),
      attempt: this.#attempt,
      onConnected: (connection, files) => this.#connected(connection, files),
      onOver: (end) => {
        this.#run = undefined;
        const next = this.#next;
        this.#next = undefined;
        if (next?.isStopped === false) this.#begin(next);
        else this.#watchHealth(end);
      },
    });
    this.#run = { of: run, over };
  }

  #connected(connection: NodeConnection, files: Payload | undefined): void {
    const { followLog, isWatched } = this.#options;
    if (followLog) this.#log.follow(connection, files);
    if (isWatched && this.machine.instance?.lifecycle === 'spot') {
      this.#spotWatch.follow(connection);
    }
  }

  /** Only what the connection or the checks decided can be changed by what they find next. */
  #watchHealth(end: RunEnd): void {
    const { context, isWatched, payload } = this.#options;
    const wasReady = end.type === 'ready';
    const mayRecover =
      end.type === 'failed' && (end.phase === 'connecting' || end.phase === 'verifying');
    if (!isWatched || !(wasReady || mayRecover) || this.#isClosed || this.machine.isGone) return;
    const abort = new AbortController();
    this.#healthWatch = abort;
    watchHealth(
      {
        context: { ...context, machine: this.machine, payload: payload() },
        inspection: this.#inspection,
        attempt: this.#attempt,
        wasReady,
        onRecovered: (connection) => this.#connected(connection, payload()),
      },
      abort.signal,
    ).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.log(`the health of the node can't be watched: ${why}`);
    });
  }

  #stop(end: RunEnd): void {
    this.#stopWork(end);
    this.#log.stop();
    this.#spotWatch.stop();
  }

  #stopWork(end: RunEnd): void {
    this.#next?.stop(end);
    this.#next = undefined;
    this.#run?.of.stop(end);
    this.#healthWatch?.abort();
  }

  /** EC2 told the machine something. */
  #hear(notice: SpotNotice): void {
    const { clock, emit } = this.#options;
    switch (notice.type) {
      case 'interruption': {
        const { action, time: deadline } = notice;
        const reason =
          action === 'terminate'
            ? 'EC2 takes the spot instance back'
            : `EC2 is going to ${action} the spot instance`;
        this.#stopWork({ type: 'ended', reason: `interrupted: ${reason}` });
        emit({
          event: 'phase',
          time: clock(),
          node: this.name,
          phase: 'interrupted',
          reason,
          deadline,
        });
        return;
      }
      case 'rebalance': {
        const message = 'EC2 recommends to rebalance: the risk that it takes this node has risen';
        this.log(message);
        emit({
          event: 'notice',
          time: clock(),
          level: 'warning',
          message: `${this.name}: ${message}`,
          hint: 'Replace it with `R` at a good moment, before EC2 does at another.',
          region: this.region,
        });
        return;
      }
      default:
        notice satisfies never;
    }
  }

  #reportEnd(instance: Instance): void {
    const phase = isReclaim(instance)
      ? 'interrupted'
      : instance.state === 'terminated'
        ? 'terminated'
        : 'terminating';
    const end = `${instance.instanceId} ${phase}`;
    if (this.#reportedEnd === end) return;
    this.#reportedEnd = end;
    const reason = describeEnd(instance);
    this.#stop({ type: 'ended', reason: `${phase}: ${reason}` });
    if (!(this.#isDismissed && phase === 'terminating')) this.#enter(phase, reason);
    if (instance.state === 'terminated') this.machine.close();
  }

  #enter(phase: 'interrupted' | 'terminating' | 'terminated', reason: string): void {
    const { clock, emit } = this.#options;
    emit({ event: 'phase', time: clock(), node: this.name, phase, reason });
  }
}

const programEnds = { type: 'cancelled', reason: 'the program was left' } as const satisfies RunEnd;

const factsOf = (instance: Instance): string => {
  const { instanceId, zone, instanceType, imageId, address, tags } = instance;
  const { privateAddress, publicAddress } = instance;
  const sshPort = tags[tagNames.sshPort];
  return JSON.stringify([
    ...[instanceId, zone, instanceType, imageId, sshPort],
    ...[address, publicAddress, privateAddress],
  ]);
};
