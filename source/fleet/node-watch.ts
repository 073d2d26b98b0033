import type { Instance } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import type { Examination } from '../pipeline/examine.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import type { NodeReport } from '../pipeline/node-report.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { SpotNotice } from '../pipeline/spot-notices.ts';
import type { Admission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { watchHealth } from './health-watch.ts';
import type { MachineRecord } from './machine-record.ts';
import { drain } from './node-drain.ts';
import { NodeInspection } from './node-inspection.ts';
import { NodeLog } from './node-log.ts';
import type { RunEnd } from './node-run.ts';
import { SpotWatch } from './spot-watch.ts';

export type NodeWatchOptions = {
  readonly context: Omit<NodeContext, 'payload' | 'machine'>;
  readonly machine: MachineRecord;
  /** The files as they are now. */
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

export type NodeWatchListeners = {
  /**
   * Called before it is told that EC2 takes the machine.
   *
   * @param isFinal Whether it does not come back.
   * @returns What resolves once nothing is being done to the node any more.
   */
  readonly onInterruption: (reason: string, isFinal: boolean) => Promise<void>;
  /** Called when EC2 has recommended to rebalance. */
  readonly onRebalance: () => void;
};

/** Milliseconds to wait for a node that does not answer where its state now is asked for. */
const longestWait = 30_000;

/** What EC2 has said that it is going to do to the machine. */
type AnnouncedEnd = {
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly deadline: number;
  /** Whether the machine may come back. */
  readonly isFinal: boolean;
};

/** All that is heard and seen of one node beside the runs: its log, its health, EC2's notices. */
export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #listeners: NodeWatchListeners;
  readonly #log: NodeLog;
  readonly #inspection: NodeInspection;
  readonly #spotWatch: SpotWatch;
  #health: AbortController | undefined;
  #announced: AnnouncedEnd | undefined;
  #draining = new AbortController();
  #rebalanceSince: number | undefined;
  /** Digest of the manifest that was last sent to the node and is not known to have arrived. */
  #owed: string | undefined;
  /**
   * Reports of the node. One whose end EC2 has announced does not get ready: what succeeds there
   * tells its end again, with the time that is left.
   */
  readonly report: NodeReport;

  constructor(options: NodeWatchOptions, listeners: NodeWatchListeners) {
    this.#options = options;
    this.#listeners = listeners;
    const { context, inspections, machine, payload } = options;
    const { report, scripts } = context;
    this.#log = new NodeLog(report);
    this.#inspection = new NodeInspection({ context, machine, payload, admission: inspections });
    this.#spotWatch = new SpotWatch({
      scripts,
      onNotice: (notice) => this.#hear(notice),
      onProblem: (problem) => report.log(`what EC2 tells the node can't be followed: ${problem}`),
    });
    this.report = {
      ...report,
      phase: (phase, attempt, instanceId) => {
        if (phase === 'ready') this.#owed = undefined;
        if (phase === 'ready' && this.#announced !== undefined) this.#tellEnd(this.#announced);
        else report.phase(phase, attempt, instanceId);
      },
    };
  }

  /** The node's connection stands: what it has to say is listened to, across later ones as well. */
  connected(connection: NodeConnection, files: Payload | undefined, journey?: Journey): void {
    const { context, followLog, isWatched, machine } = this.#options;
    if (followLog) this.#log.follow(connection, files);
    const { drainCommand, replace } = context.config.interruption;
    // Who brings a fleet up without staying pays for it only where something is done about notices.
    const isAwaited = journey === 'create' && (replace || drainCommand !== undefined);
    if (!isWatched && !isAwaited) return;
    if (machine.instance?.lifecycle === 'spot') this.#spotWatch.follow(connection);
  }

  /** Looks at the node now, and reports what is found; see `NodeSession.examine`. */
  async examine(signal: AbortSignal): Promise<Examination> {
    const { config, report } = this.#options.context;
    const patience = Math.min(config.timeouts.connecting, longestWait);
    const examination = await this.#inspection.examine(patience, signal);
    report.health(examination.health, { always: true });
    return examination;
  }

  /** Since when EC2 recommends to rebalance, if it does; milliseconds since the Unix epoch. */
  get rebalanceSince(): number | undefined {
    return this.#rebalanceSince;
  }

  /** Whether EC2 has told the machine of its end or stop. */
  get isLeaving(): boolean {
    return this.#announced !== undefined;
  }

  /** Whether files were sent that are not known to have arrived. */
  get owesFiles(): boolean {
    return this.#owed !== undefined;
  }

  /**
   * A run begins: a service that stops for that is no trouble.
   *
   * @param sent The files that it brings, if it brings any.
   */
  runBegins(sent: Payload | undefined): void {
    this.pauseHealth();
    this.#owed = sent?.manifestDigest ?? this.#owed;
  }

  /**
   * A run is over: its health is watched, if the run left anything that a look can change. That is
   * what the connection or the checks decided, and what was cancelled. Where files were sent it is
   * well again only with these.
   */
  resumeHealth(end: RunEnd, attempt: number): void {
    const { context, isWatched, machine, payload } = this.#options;
    const wasReady = end.type === 'ready';
    const failedPhase = end.type === 'failed' ? end.phase : undefined;
    const wasOutOfReach = failedPhase === 'booting' || failedPhase === 'connecting';
    const mayRecover = end.type === 'cancelled' || wasOutOfReach || failedPhase === 'verifying';
    if (!isWatched || !(wasReady || mayRecover) || !machine.isThere) return;
    if (this.#announced !== undefined) return;
    const abort = new AbortController();
    this.#health = abort;
    watchHealth(
      {
        context: { ...context, machine, payload: payload(), report: this.report },
        inspection: this.#inspection,
        attempt,
        wasReady,
        ...(this.#owed === undefined ? {} : { owed: this.#owed }),
        wasOutOfReach,
        onRecovered: (connection) => this.connected(connection, payload()),
      },
      abort.signal,
    ).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      context.report.log(`the health of the node can't be watched: ${why}`);
    });
  }

  /** The machine ends, or something is done to it. */
  pauseHealth(): void {
    this.#health?.abort();
    this.#health = undefined;
  }

  /**
   * EC2 described the machine: whether that runs again after EC2 had announced that it stops or
   * hibernates it. What was announced is over then.
   */
  hasReturned(before: Instance | undefined, now: Instance): boolean {
    if (this.#announced === undefined || this.#announced.isFinal) return false;
    if (before === undefined || now.state !== 'running') return false;
    // Its stop may go unseen between two looks; its start is another launch to EC2.
    if (before.state === 'running' && before.launchedAt === now.launchedAt) return false;
    this.#announced = undefined;
    return true;
  }

  /** The node gets another machine. */
  forget(): void {
    this.stop();
    this.#spotWatch.forget();
    this.#inspection.forget();
    this.#announced = undefined;
    this.#rebalanceSince = undefined;
    this.#owed = undefined;
  }

  stop(): void {
    this.pauseHealth();
    this.#draining.abort();
    this.#log.stop();
    this.#spotWatch.stop();
  }

  /** EC2 told the machine something. */
  #hear(notice: SpotNotice): void {
    const { clock, context, emit } = this.#options;
    const { name, region, report } = context;
    switch (notice.type) {
      case 'interruption': {
        const { action, time: deadline } = notice;
        const reason =
          action === 'terminate'
            ? 'EC2 takes the spot instance back'
            : `EC2 is going to ${action} the spot instance`;
        this.#announced = { reason, deadline, isFinal: action === 'terminate' };
        const idle = this.#listeners.onInterruption(reason, action === 'terminate');
        this.#tellEnd(this.#announced);
        this.#drain(notice, idle);
        return;
      }
      case 'rebalance': {
        if (this.#rebalanceSince !== undefined) return;
        this.#rebalanceSince = notice.since;
        this.#listeners.onRebalance();
        const message = 'EC2 recommends to rebalance: the risk that it takes this node has risen';
        report.log(message);
        emit({
          event: 'notice',
          time: clock(),
          level: 'warning',
          message: `${name}: ${message}`,
          hint: 'Replace the node at a good moment, before EC2 takes it at another.',
          region,
        });
        return;
      }
      default:
        notice satisfies never;
    }
  }

  #drain(notice: Extract<SpotNotice, { type: 'interruption' }>, idle: Promise<void>): void {
    const { clock, context, emit, machine, payload } = this.#options;
    const { name, region } = context;
    const { drainCommand: command } = context.config.interruption;
    const { instance } = machine;
    if (command === undefined || instance === undefined) return;
    this.#draining.abort();
    this.#draining = new AbortController();
    const { signal } = this.#draining;
    const onFailure = (failure: string, hint: string) => {
      const message = `${name}: ${failure}`;
      emit({ event: 'notice', time: clock(), level: 'warning', message, hint, region });
    };
    const whole = { ...context, machine, payload: payload() };
    const connection = machine.connection(instance);
    void drain(whole, connection, { command, idle, notice, onFailure, signal });
  }

  #tellEnd({ deadline, reason }: AnnouncedEnd): void {
    const { clock, context, emit } = this.#options;
    const phase = 'interrupted';
    emit({ event: 'phase', time: clock(), node: context.name, phase, reason, deadline });
  }
}
