import type { Examination } from '../pipeline/examine.ts';
import type { NodeReport } from '../pipeline/node-report.ts';
import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import type { Admission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { watchHealth } from './health-watch.ts';
import { NodeInspection } from './node-inspection.ts';
import { NodeLog } from './node-log.ts';
import type { RunEnd } from './node-run.ts';
import { type SpotListeners, SpotOutlook, type SpotOutlookOptions } from './spot-outlook.ts';

export type NodeWatchOptions = SpotOutlookOptions & {
  /** Whether the node's journal is followed and reported. */
  readonly followLog: boolean;
  /** Whether its health is watched once it is ready, and what EC2 tells it of its end. */
  readonly isWatched: boolean;
  /** Bounds how many nodes are looked at together. */
  readonly inspections: Admission;
};

/** Milliseconds to wait for a node that does not answer where its state now is asked for. */
const longestWait = 30_000;

/** All that is heard and seen of one node beside the runs: its log, its health, EC2's notices. */
export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #log: NodeLog;
  readonly #inspection: NodeInspection;
  readonly #spot: SpotOutlook;
  #health: AbortController | undefined;
  /** Digest of the manifest that was last sent to the node and is not known to have arrived. */
  #owed: string | undefined;
  /**
   * Reports of the node. One whose end EC2 has announced does not get ready: what succeeds there
   * tells its end again, with the time that is left.
   */
  readonly report: NodeReport;

  constructor(options: NodeWatchOptions, listeners: SpotListeners) {
    this.#options = options;
    const { context, inspections, machine, payload } = options;
    const { report } = context;
    this.#log = new NodeLog(report);
    this.#inspection = new NodeInspection({ context, machine, payload, admission: inspections });
    this.#spot = new SpotOutlook(options, listeners);
    this.report = {
      ...report,
      phase: (phase, attempt, instanceId) => {
        if (phase === 'ready') this.#owed = undefined;
        if (phase === 'ready' && this.#spot.isLeaving) this.#spot.tellAgain();
        else report.phase(phase, attempt, instanceId);
      },
    };
  }

  /** The node's connection stands: what it has to say is listened to, across later ones as well. */
  connected(
    connection: NodeConnection,
    files: PayloadOutline | undefined,
    journey?: Journey,
  ): void {
    const { context, followLog, isWatched, machine } = this.#options;
    if (followLog) this.#log.follow(connection, files);
    const { drainCommand, replace } = context.config.interruption;
    // Who brings a fleet up without staying pays for it only where something is done about notices.
    const isAwaited = journey === 'create' && (replace || drainCommand !== undefined);
    if (!isWatched && !isAwaited) return;
    if (machine.instance?.lifecycle === 'spot') this.#spot.follow(connection);
  }

  /** Looks at the node now, and reports what is found; see `NodeSession.examine`. */
  async examine(signal: AbortSignal): Promise<Examination> {
    const { config, report } = this.#options.context;
    const patience = Math.min(config.timeouts.connecting, longestWait);
    const examination = await this.#inspection.examine(patience, signal);
    report.health(examination.health, { always: true });
    return examination;
  }

  /** What EC2 tells the machine of its end. */
  get spot(): Pick<SpotOutlook, 'hasReturned' | 'isLeaving' | 'rebalanceSince'> {
    return this.#spot;
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
    if (this.#spot.isLeaving) return;
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

  /** The node gets another machine. */
  forget(): void {
    this.stop();
    this.#spot.forget();
    this.#inspection.forget();
    this.#owed = undefined;
  }

  stop(): void {
    this.pauseHealth();
    this.#log.stop();
    this.#spot.stop();
  }
}
