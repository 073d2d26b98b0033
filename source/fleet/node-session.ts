import type { Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { Examination } from '../pipeline/examine.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import { type InstanceFacts, instanceEvent, isOtherwise } from './instance-event.ts';
import type { MachineRecord } from './machine-record.ts';
import { NodeRun, type RunEnd, type RunRequest, takenBack } from './node-run.ts';
import { NodeWatch, type NodeWatchOptions } from './node-watch.ts';
import { isAlive } from './plan.ts';
import { describeEnd, isReclaim, isStopped } from './state-reason.ts';

export type NodeSessionOptions = NodeWatchOptions & {
  /** Called once when EC2 takes the machine back for good. */
  readonly onTaken?: (session: NodeSession) => void;
};

/** One node for as long as the program runs: its machine, its runs, its log, its health. */
export class NodeSession {
  readonly machine: MachineRecord;
  readonly #options: NodeSessionOptions;
  readonly #watch: NodeWatch;
  #attempt = 0;
  #run: { readonly of: NodeRun; readonly over: Promise<void> } | undefined;
  #next: NodeRun | undefined;
  /** Whether the end of the machine was asked for here. */
  #isDismissed = false;
  #isClosed = false;
  /** Begins with the node when its machine comes. */
  #onReserved: (() => void) | undefined;
  #reportedEnd: string | undefined;
  /** Whether EC2 has said that it takes the machine back for good, or has done it. */
  #isTaken = false;
  /** Name of the node that was launched in its place. */
  #successor: string | undefined;
  /** Which stop of the machine was told, until it runs again. */
  #reportedStop: string | undefined;
  #sshPort = 22;
  #price: number | undefined;
  #hostKey: TrustedHostKey | undefined;
  /** Files of runs that bring others than those that are current when they begin. */
  readonly #payloads = new WeakMap<NodeRun, Payload>();

  constructor(options: NodeSessionOptions) {
    this.machine = options.machine;
    this.#options = options;
    this.#watch = new NodeWatch(options, {
      onInterruption: async (reason, isFinal) => {
        const over = this.#run?.over;
        this.#stopWork({ type: 'ended', reason: `interrupted: ${reason}` });
        if (isFinal) this.#taken();
        await over;
      },
      onRebalance: () => this.#tellAgain(),
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
      : (this.#run !== undefined || this.#onReserved !== undefined) && state !== 'running';
  }

  /** Whether a machine is being launched for it here. */
  get awaitsLaunch(): boolean {
    if (this.machine.instanceId !== undefined) return false;
    return (
      this.#onReserved !== undefined ||
      this.#run?.of.isStopped === false ||
      this.#next?.isStopped === false
    );
  }

  /** Whether its name can't be given to another machine: it has one, or waits for one. */
  get isInUse(): boolean {
    return this.isWorking || this.machine.isThere || this.awaitsLaunch;
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
    if (journey === 'observe' && this.#reportedStop !== undefined) {
      return Promise.resolve({ type: 'ended', reason: 'the instance is stopped' });
    }
    const next = this.#next?.isStopped === false ? this.#next : new NodeRun(journey);
    const end = next.join(journey, request);
    if (request?.payload !== undefined) this.#payloads.set(next, request.payload);
    if (this.#run === undefined) {
      this.#begin(next);
      return end;
    }
    this.#next = next;
    const { isStopped, journey: current } = this.#run.of;
    if (current === 'observe') this.#run.of.stop({ type: 'ended', reason: 'made way' });
    else if (current === journey) this.log(`another ${journey} follows`);
    else if (!isStopped) this.log(`${journey} begins when what is being done to the node is over`);
    return end;
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
    const runs = [this.#run?.of, this.#next].filter((run) => run?.isStopped === false);
    const wasClosed = this.#isClosed;
    this.#isClosed = true;
    this.#next = undefined;
    for (const run of runs) {
      const payload = run === undefined ? undefined : this.#payloads.get(run);
      run?.handOver(other.name, (request) =>
        other.start(run.journey, { ...request, ...(payload === undefined ? {} : { payload }) }),
      );
    }
    if (runs.length === 0 && !wasClosed) void other.start('observe');
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
    this.#tellInstance({ ...launched, region: this.region });
  }

  /** EC2 described the node's instance. */
  observed(instance: Instance, sshPort: number): void {
    const before = this.machine.instance;
    this.machine.update(instance);
    this.#sshPort = sshPort;
    if (isOtherwise(before, instance)) this.#tellInstance(instance);
    if (!isAlive(instance)) this.#reportEnd(instance);
    else if (isStopped(instance)) this.#reportStop(instance);
    else if (this.#hasReturned(before, instance) && this.#run === undefined) {
      this.log('the instance runs again');
      if (this.#watch.owesFiles) this.#watch.resumeHealth(cutOff, this.#attempt);
      else void this.start('observe');
    }
  }

  /** EC2 does not list the machine any more, as it was seen last. */
  vanished(instance: Instance): void {
    const stateReason = 'EC2 does not list the instance any more: it ended an hour ago or earlier';
    this.observed({ ...instance, state: 'terminated', stateReason }, this.#sshPort);
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
    if (node === this.name || this.#successor === node) return;
    this.#successor = node;
    this.#tellAgain();
  }

  /** Whether EC2 takes the machine back for good, or has taken it, and no other has its place. */
  get isBereft(): boolean {
    return this.#isTaken && !this.#isDismissed && this.#successor === undefined;
  }

  /** The spot price of the machine's pool became known, in US dollars per hour. */
  priced(price: number): void {
    if (this.#price === price) return;
    this.#price = price;
    this.#tellAgain();
  }

  /** A connection is being made, to a machine with this key. */
  hostKeyTrusted(key: TrustedHostKey): void {
    const before = this.#hostKey;
    this.#hostKey = key;
    if (before?.fingerprint === key.fingerprint && before.trust === key.trust) return;
    this.#tellAgain();
  }

  /**
   * EC2 was asked here to end the machine, and has agreed.
   *
   * @param end What becomes of what is being done to the node.
   */
  dismissed(end?: RunEnd): void {
    this.#isDismissed = true;
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
    this.#isClosed = true;
    this.#stop(programEnds);
  }

  #tellInstance(instance: InstanceFacts): void {
    const { clock, emit } = this.#options;
    const [node, price, sshPort] = [this.name, this.#price, this.#sshPort];
    const [hostKey, replacedBy] = [this.#hostKey, this.#successor];
    const { rebalanceSince } = this.#watch;
    const known = { hostKey, node, price, rebalanceSince, replacedBy, sshPort };
    emit(instanceEvent(instance, { ...known, time: clock() }));
  }

  /** Something else of the machine became known than EC2 describes. */
  #tellAgain(): void {
    if (this.machine.instance !== undefined) this.#tellInstance(this.machine.instance);
  }

  #begin(run: NodeRun): void {
    const { context, payload } = this.#options;
    this.#attempt += 1;
    const current = payload();
    const brings = run.journey === 'create' || run.journey === 'push';
    this.#watch.runBegins(brings ? (this.#payloads.get(run) ?? current) : undefined);
    const over = run.begin({
      context: { ...context, machine: this.machine, report: this.#watch.report },
      payload: current,
      attempt: this.#attempt,
      onConnected: (connection, files) => this.#watch.connected(connection, files, run.journey),
      onOver: (end) => {
        this.#run = undefined;
        const next = this.#next;
        this.#next = undefined;
        if (next?.isStopped === false) this.#begin(next);
        else if (!this.#isClosed) this.#watch.resumeHealth(end, this.#attempt);
      },
    });
    this.#run = { of: run, over };
  }

  #forgetMachine(): void {
    this.machine.reset();
    this.#watch.forget();
    this.#reportedStop = undefined;
    this.#successor = undefined;
    this.#isTaken = false;
    this.#isDismissed = false;
    this.#price = undefined;
    this.#hostKey = undefined;
  }

  #stop(end: RunEnd): void {
    this.#stopWork(end);
    this.#watch.stop();
  }

  #stopWork(end: RunEnd): void {
    this.#next?.stop(end);
    this.#next = undefined;
    this.#run?.of.stop(end);
    this.#watch.pauseHealth();
  }

  /** Whether a machine runs again that EC2 or somebody had stopped. */
  #hasReturned(before: Instance | undefined, now: Instance): boolean {
    const wasAnnounced = this.#watch.hasReturned(before, now);
    const wasStopped = this.#reportedStop !== undefined && now.state === 'running';
    if (wasStopped) this.#reportedStop = undefined;
    return wasAnnounced || wasStopped;
  }

  /** Somebody, or EC2, stopped the machine; what EC2 had announced was told then. */
  #reportStop(instance: Instance): void {
    const stop = `${instance.instanceId} ${instance.launchedAt}`;
    if (this.#reportedStop === stop || this.#watch.isLeaving) return;
    this.#reportedStop = stop;
    const end = describeEnd(instance);
    this.#stopWork({ type: 'ended', reason: `stopped: ${end.reason}` });
    if (isReclaim(instance)) this.#enter('interrupted', end);
    else this.#options.context.report.degraded(new PhaseFailure(end.reason, end.hint));
  }

  #reportEnd(instance: Instance): void {
    const phase = isReclaim(instance)
      ? 'interrupted'
      : instance.state === 'terminated'
        ? 'terminated'
        : 'terminating';
    const end = `${instance.instanceId} ${phase}`;
    if (instance.state === 'terminated') this.machine.close();
    if (this.#reportedEnd === end) return;
    this.#reportedEnd = end;
    const { hint, reason } = describeEnd(instance);
    this.#stop({ type: 'ended', reason: `${phase}: ${reason}` });
    if (!this.#isDismissed) this.#enter(phase, { reason, hint });
    else if (phase !== 'terminating') this.#enter(phase, { reason });
    if (phase === 'interrupted') this.#taken();
  }

  #taken(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#options.onTaken?.(this);
  }

  #enter(
    phase: 'interrupted' | 'terminating' | 'terminated',
    why: { readonly reason: string; readonly hint?: string },
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
