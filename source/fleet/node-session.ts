import type { Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { Examination } from '../pipeline/examine.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import { isWhole, type Payload, type PayloadOutline } from '../pipeline/payload/payload.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { MachineFate } from './machine-fate.ts';
import { MachineNews } from './machine-news.ts';
import type { MachineRecord } from './machine-record.ts';
import { type RunEnd, type RunRequest, takenBack } from './node-run.ts';
import { NodeRuns } from './node-runs.ts';
import { NodeWatch, type NodeWatchOptions } from './node-watch.ts';
import { isAlive } from './plan.ts';
import { type EndReason, isStopped } from './state-reason.ts';

export type NodeSessionOptions = NodeWatchOptions & {
  /** Called once when EC2 takes the machine back for good. */
  readonly onTaken?: (session: NodeSession) => void;
};

/** One node for as long as the program runs: its machine, its runs, its log, its health. */
export class NodeSession {
  readonly machine: MachineRecord;
  readonly #options: NodeSessionOptions;
  readonly #watch: NodeWatch;
  readonly #runs: NodeRuns;
  readonly #fate: MachineFate;
  readonly #news: MachineNews;
  /** Begins with the node when its machine comes. */
  #onReserved: (() => void) | undefined;

  constructor(options: NodeSessionOptions) {
    this.machine = options.machine;
    this.#options = options;
    this.#watch = new NodeWatch(options, {
      onInterruption: async (reason, isFinal) => {
        const over = this.#runs.over();
        this.#stopWork({ type: 'ended', reason: `interrupted: ${reason}` });
        if (isFinal) this.#fate.taken();
        await over;
      },
      onRebalance: () => this.#news.tellAgain(),
    });
    this.#runs = new NodeRuns({
      prepare: (journey, payload) => this.#prepare(journey, payload),
      onIdle: (end, attempt) => this.#watch.resumeHealth(end, attempt),
      log: (message) => this.log(message),
    });
    this.#fate = new MachineFate({
      enter: (phase, why) => this.#enter(phase, why),
      onStopped: ({ hint, reason, topic }) =>
        options.context.report.degraded(new PhaseFailure(reason, hint, [], topic)),
      endAll: (end) => this.#stop(end),
      endWork: (end) => this.#stopWork(end),
      onTaken: () => options.onTaken?.(this),
    });
    this.#news = new MachineNews({
      ...options,
      node: options.context.name,
      instance: () => this.machine.instance,
      rebalanceSince: () => this.#watch.spot.rebalanceSince,
      successor: () => this.#fate.successor,
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
    return this.#runs.isWorking;
  }

  /** Whether the end of its machine was asked for here. */
  get isDismissed(): boolean {
    return this.#fate.isDismissed;
  }

  /** Whether somebody waits for its machine to come or go. */
  get awaitsMachine(): boolean {
    const state = this.machine.instance?.state;
    return this.isDismissed || this.machine.isGone
      ? state !== 'terminated'
      : (this.#runs.isBusy || this.#onReserved !== undefined) && state !== 'running';
  }

  /** Whether a machine is being launched for it here. */
  get awaitsLaunch(): boolean {
    if (this.machine.instanceId !== undefined) return false;
    return this.#onReserved !== undefined || this.#runs.isWanted;
  }

  /** Whether its name can't be given to another machine: it has one, or waits for one. */
  get isInUse(): boolean {
    return this.isWorking || this.machine.isThere || this.awaitsLaunch;
  }

  /** Resolves once nothing is being done to the node. */
  idle(): Promise<void> {
    return this.#runs.idle();
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
    if (this.#runs.isClosed) return Promise.resolve(programEnds);
    if (this.machine.isGone) {
      this.log(`${journey} has nothing to work on: the machine is gone`);
      return Promise.resolve({ type: 'ended', reason: 'the machine is gone' });
    }
    if (journey === 'observe' && this.#fate.isStopped) {
      return Promise.resolve({ type: 'ended', reason: 'the instance is stopped' });
    }
    return this.#runs.start(journey, request);
  }

  /**
   * Forgets a machine that is gone, or on its way out, or that never came, and starts anew. A
   * launch that is awaited already is awaited together.
   */
  startAnew(request?: RunRequest): Promise<RunEnd> {
    if (!this.awaitsLaunch) this.#forgetMachine();
    return this.start('create', request);
  }

  /**
   * Keeps the node's name for a machine that may come: until then nothing is told of it.
   *
   * @param onLaunched Begins with the node.
   */
  reserve(onLaunched: () => void): void {
    this.#onReserved = onLaunched;
  }

  /** Its machine came elsewhere, under another name: what is wished for goes on there. */
  moveTo(other: NodeSession): void {
    const wasClosed = this.#runs.isClosed;
    const isAwaited = this.#runs.handOver(other.name, (journey, request) =>
      other.start(journey, request),
    );
    if (!isAwaited && !wasClosed) void other.start('observe');
    this.#watch.stop();
  }

  /** EC2 gave the node this instance. */
  launched({ instanceId, instanceType, lifecycle, zone }: LaunchedInstance): void {
    const launched = {
      instanceId,
      instanceType,
      ...(zone === undefined ? {} : { zone }),
      ...(lifecycle === undefined ? {} : { lifecycle }),
    };
    this.machine.settleLaunch(launched);
    const begin = this.#onReserved;
    this.#onReserved = undefined;
    begin?.();
    this.#news.launched({ ...launched, region: this.region });
  }

  /** EC2 described the node's instance. */
  observed(instance: Instance, sshPort: number): void {
    const before = this.machine.instance;
    this.machine.update(instance);
    this.#news.described(before, instance, sshPort);
    if (instance.state === 'terminated') this.machine.close();
    if (!isAlive(instance)) this.#fate.ends(instance);
    else if (isStopped(instance)) this.#stops(instance);
    else if (this.#hasReturned(before, instance) && !this.#runs.isBusy) {
      this.log('the instance runs again');
      if (this.#watch.owesFiles) this.#watch.resumeHealth(cutOff, this.#runs.attempt);
      else void this.start('observe');
    }
  }

  /** EC2 does not list the machine any more, as it was seen last. */
  vanished(instance: Instance): void {
    const stateReason = 'EC2 does not list the instance any more: it ended an hour ago or earlier';
    this.observed({ ...instance, state: 'terminated', stateReason }, this.#news.sshPort);
  }

  /** EC2 itself is gone for good, and every machine with it. */
  perished(why: PhaseFailure): void {
    const { instance } = this.machine;
    if (instance === undefined) {
      this.machine.refuse(why);
      this.machine.lose(why);
    } else if (instance.state !== 'terminated') {
      this.observed(
        { ...instance, state: 'terminated', stateReason: why.reason },
        this.#news.sshPort,
      );
    }
  }

  /** Somebody else gave the node another machine: what there was of the old one is over. */
  replaced(instance: Instance, sshPort: number): void {
    this.#stop({ type: 'ended', reason: 'replaced elsewhere' });
    this.#forgetMachine();
    this.observed(instance, sshPort);
  }

  /** Another machine was launched for the node, whose own is gone. */
  succeeded(launched: LaunchedInstance): void {
    this.#stop({ type: 'ended', reason: 'another machine has its place' });
    this.#forgetMachine();
    this.launched(launched);
  }

  /** Another node has the place of this one, whose machine EC2 takes back. */
  succeededBy(node: string): void {
    if (node !== this.name && this.#fate.succeededBy(node)) this.#news.tellAgain();
  }

  /** Whether EC2 takes the machine back for good, or has taken it, and no other has its place. */
  get isBereft(): boolean {
    return this.#fate.isBereft;
  }

  /** The spot price of the machine's pool became known, in US dollars per hour. */
  priced(price: number): void {
    this.#news.priced(price);
  }

  /** A connection is being made, to a machine with this key. */
  hostKeyTrusted(key: TrustedHostKey): void {
    this.#news.hostKeyTrusted(key);
  }

  /**
   * EC2 was asked here to end the machine, and has agreed.
   *
   * @param end What becomes of what is being done to the node.
   */
  dismissed(end?: RunEnd): void {
    this.#fate.dismiss();
    if (this.machine.isGone) return;
    const reason = 'asked for here';
    this.#stop(end ?? { type: 'ended', reason: `terminated: ${reason}` });
    this.#enter('terminating', { reason });
  }

  /**
   * Looks at the node now, and reports what is found as its health.
   *
   * @throws UnseenError when it can't be reached or does not answer, and PhaseFailure when it does
   * not let itself be inspected; both have a hint.
   */
  examine(signal: AbortSignal): Promise<Examination> {
    return this.#watch.examine(signal);
  }

  log(message: string): void {
    this.#options.context.report.log(message);
  }

  /** Ends all work on the node; its machine is not touched, and its connection stands. */
  close(): void {
    this.#runs.close();
    this.#stop(programEnds);
  }

  #prepare(journey: Journey, own: Payload | undefined) {
    const { context, payload } = this.#options;
    const current = payload();
    const brings = journey === 'create' || journey === 'push';
    const sent = brings ? (own ?? current) : undefined;
    this.#watch.runBegins(sent !== undefined && isWhole(sent) ? sent : undefined);
    return {
      context: { ...context, machine: this.machine, report: this.#watch.report },
      payload: current,
      onConnected: (connection: NodeConnection, files: Payload | PayloadOutline | undefined) =>
        this.#watch.connected(connection, files, journey),
    };
  }

  #forgetMachine(): void {
    this.machine.reset();
    this.#watch.forget();
    this.#fate.forget();
    this.#news.forget();
  }

  #stop(end: RunEnd): void {
    this.#stopWork(end);
    this.#watch.stop();
  }

  #stopWork(end: RunEnd): void {
    this.#runs.stop(end);
    this.#watch.pauseHealth();
  }

  /** Whether a machine runs again that EC2 or somebody had stopped. */
  #hasReturned(before: Instance | undefined, now: Instance): boolean {
    const wasAnnounced = this.#watch.spot.hasReturned(before, now);
    const wasStopped = now.state === 'running' && this.#fate.runs();
    return wasAnnounced || wasStopped;
  }

  /** Somebody, or EC2, stopped the machine; what EC2 had announced was told then. */
  #stops(instance: Instance): void {
    if (!this.#watch.spot.isLeaving) this.#fate.stops(instance);
  }

  #enter(
    phase: 'interrupted' | 'terminating' | 'terminated',
    why: Pick<EndReason, 'reason'> & Partial<EndReason>,
  ): void {
    const { clock, emit } = this.#options;
    emit({ event: 'phase', time: clock(), node: this.name, phase, ...why });
  }
}

/** How a run stands that the machine's stop cut short, or that failed before. */
const cutOff = {
  type: 'failed',
  phase: 'connecting',
  reason: 'the instance was stopped',
} as const satisfies RunEnd;

const programEnds = { type: 'cancelled', reason: 'the program was left' } as const satisfies RunEnd;
