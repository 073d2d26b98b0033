import type { Emit } from '../events/event.ts';
import type { Examination } from '../pipeline/examine.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import type { SpotNotice } from '../pipeline/spot-notices.ts';
import type { Admission } from '../ssh/admission.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { watchHealth } from './health-watch.ts';
import type { MachineRecord } from './machine-record.ts';
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

/** Milliseconds to wait for a node that does not answer where its state now is asked for. */
const longestWait = 30_000;

/** All that is heard and seen of one node beside the runs: its log, its health, EC2's notices. */
export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #onInterruption: (reason: string) => void;
  readonly #log: NodeLog;
  readonly #inspection: NodeInspection;
  readonly #spotWatch: SpotWatch;
  #health: AbortController | undefined;

  /** @param onInterruption Called before it is told that EC2 takes the machine. */
  constructor(options: NodeWatchOptions, onInterruption: (reason: string) => void) {
    this.#options = options;
    this.#onInterruption = onInterruption;
    const { context, inspections, machine, payload } = options;
    const { report, scripts } = context;
    this.#log = new NodeLog(report);
    this.#inspection = new NodeInspection({ context, machine, payload, admission: inspections });
    this.#spotWatch = new SpotWatch({
      scripts,
      onNotice: (notice) => this.#hear(notice),
      onProblem: (problem) => report.log(`what EC2 tells the node can't be followed: ${problem}`),
    });
  }

  /** The node's connection stands: what it has to say is listened to, across later ones as well. */
  connected(connection: NodeConnection, files: Payload | undefined): void {
    const { followLog, isWatched, machine } = this.#options;
    if (followLog) this.#log.follow(connection, files);
    if (isWatched && machine.instance?.lifecycle === 'spot') this.#spotWatch.follow(connection);
  }

  /** Looks at the node now, and reports what is found; see `NodeSession.examine`. */
  async examine(signal: AbortSignal): Promise<Examination> {
    const { config, report } = this.#options.context;
    const patience = Math.min(config.timeouts.connecting, longestWait);
    const examination = await this.#inspection.examine(patience, signal);
    report.health(examination.health, { always: true });
    return examination;
  }

  /**
   * A run is over: its health is watched, if the run left anything that a look can change. That is
   * what the connection or the checks decided.
   */
  resumeHealth(end: RunEnd, attempt: number): void {
    const { context, isWatched, machine, payload } = this.#options;
    const wasReady = end.type === 'ready';
    const mayRecover =
      end.type === 'failed' && (end.phase === 'connecting' || end.phase === 'verifying');
    if (!isWatched || !(wasReady || mayRecover) || machine.isGone) return;
    const abort = new AbortController();
    this.#health = abort;
    watchHealth(
      {
        context: { ...context, machine, payload: payload() },
        inspection: this.#inspection,
        attempt,
        wasReady,
        onRecovered: (connection) => this.connected(connection, payload()),
      },
      abort.signal,
    ).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      context.report.log(`the health of the node can't be watched: ${why}`);
    });
  }

  /** A run begins, or the machine ends: a service that stops for that is no trouble. */
  pauseHealth(): void {
    this.#health?.abort();
    this.#health = undefined;
  }

  stop(): void {
    this.pauseHealth();
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
        this.#onInterruption(reason);
        const phase = 'interrupted';
        emit({ event: 'phase', time: clock(), node: name, phase, reason, deadline });
        return;
      }
      case 'rebalance': {
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
}
