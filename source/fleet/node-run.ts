import type { PipelinePhase } from '../events/phase.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import type { NodeReport } from '../pipeline/node-report.ts';
import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import { type Journey, runPipeline } from '../pipeline/pipeline.ts';
import type { NodeConnection } from '../ssh/connection.ts';

/** What became of a run. */
export type RunEnd =
  | ({ readonly type: 'ready' } & Elsewhere)
  | ({
      readonly type: 'failed';
      readonly phase: PipelinePhase;
      readonly reason: string;
    } & Elsewhere)
  /** Nobody wanted it any more. */
  | { readonly type: 'cancelled'; readonly reason: string }
  /** It was cut short, or not begun with: its machine went away, for instance. */
  | { readonly type: 'ended'; readonly reason: string };

/** Of a run that another node went on with: its name. */
type Elsewhere = { readonly node?: string };

/** Who wants a run, and with what. */
export type RunRequest = {
  /** Takes the request back: a run that nobody else wants is not begun with, or ended. */
  readonly signal?: AbortSignal;
  /** The files to bring instead of those that are current when it begins. */
  readonly payload?: Payload;
  /** Called when it begins, at once or after another one. */
  readonly onBegin?: () => void;
};

export type RunBeginning = {
  /** Without `payload`: the run may have its own. */
  readonly context: Omit<NodeContext, 'payload'>;
  /** The files as they are now. */
  readonly payload: Payload | PayloadOutline | undefined;
  readonly attempt: number;
  readonly onConnected: (connection: NodeConnection, payload: PayloadOutline | undefined) => void;
  /** Called at the end, before those hear of it who wanted the run. */
  readonly onOver: (end: RunEnd) => void;
};

/** What becomes of a wish that was taken back. */
export const takenBack = { type: 'cancelled', reason: 'cancelled here' } as const satisfies RunEnd;

/** From what does least to what does all that the others do as well. */
const byExtent: readonly Journey[] = ['observe', 'configure', 'push', 'create'];

/** One run of a node's pipeline, from the first wish for it to its end. */
export class NodeRun {
  readonly #ended = Promise.withResolvers<RunEnd>();
  readonly #abort = new AbortController();
  readonly #beginnings: (() => void)[] = [];
  #journey: Journey;
  #payload: Payload | undefined;
  #wishes = 0;
  #phase: PipelinePhase = 'pending';
  #report: NodeReport | undefined;
  #end: RunEnd | undefined;
  /** Takes the wishes back where another node goes on with the run. */
  #handedOver: AbortController | undefined;

  constructor(journey: Journey) {
    this.#journey = journey;
  }

  get journey(): Journey {
    return this.#journey;
  }

  /** Whether it has been stopped, perhaps before it began. */
  get isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * Adds a wish to a run that has not begun: it does all that is wished for, with the newest files.
   *
   * @returns What becomes of the wish.
   */
  join(journey: Journey, { onBegin, payload, signal }: RunRequest = {}): Promise<RunEnd> {
    if (byExtent.indexOf(journey) > byExtent.indexOf(this.#journey)) this.#journey = journey;
    this.#payload = payload ?? this.#payload;
    this.#wishes += 1;
    if (onBegin !== undefined) this.#beginnings.push(onBegin);
    if (signal === undefined) return this.#ended.promise;
    return new Promise((resolve) => {
      const takeBack = () => {
        this.#wishes -= 1;
        if (this.#wishes === 0) this.#cancel();
        resolve(takenBack);
      };
      signal.addEventListener('abort', takeBack, { once: true });
      void this.#ended.promise.then((end) => {
        signal.removeEventListener('abort', takeBack);
        resolve(end);
      });
    });
  }

  /** Runs the pipeline. */
  async begin({ attempt, context, onConnected, onOver, payload }: RunBeginning): Promise<void> {
    const files = this.#payload ?? payload;
    const report = this.#listening(context.report);
    this.#report = report;
    for (const onBegin of this.#beginnings) onBegin();
    await runPipeline(
      { ...context, report, payload: files },
      {
        journey: this.#journey,
        attempt,
        signal: this.#abort.signal,
        onConnected: (connection) => onConnected(connection, files),
      },
    );
    const end = this.#end ?? { type: 'ready' };
    onOver(end);
    if (this.#handedOver === undefined) this.#ended.resolve(end);
  }

  /**
   * Lets another node go on with it: those who want it hear what becomes of it there, and can take
   * their wishes back as before.
   *
   * @param start Starts the other node's run.
   */
  handOver(node: string, start: (request: RunRequest) => Promise<RunEnd>): void {
    const wishes = new AbortController();
    this.#handedOver = wishes;
    this.#abort.abort();
    void start({ signal: wishes.signal }).then((end) =>
      this.#ended.resolve(end.type === 'ready' || end.type === 'failed' ? { ...end, node } : end),
    );
  }

  /** Ends it without a word about the node: whoever calls says what has become of that. */
  stop(end: RunEnd): void {
    if (this.isStopped) return;
    this.#end ??= end;
    this.#abort.abort();
    if (this.#report === undefined) this.#ended.resolve(end);
  }

  /**
   * Every step may be repeated and none leaves halves behind, so that it can end anywhere. What the
   * node itself is doing, such as configure-services, goes on there.
   */
  #cancel(): void {
    this.#handedOver?.abort();
    if (this.isStopped || this.#end !== undefined || this.#phase === 'ready') return;
    const phase = this.#phase;
    const report = this.#report;
    this.stop(takenBack);
    report?.failed(
      phase,
      new PhaseFailure(
        `cancelled here while ${phase}`,
        hasMachine(phase)
          ? 'What the node had begun by itself goes on there. Retry the node to go on with the rest.'
          : 'A machine that was asked for stays. Retry the node to go on, or terminate it.',
        [],
        'start',
      ),
    );
  }

  /** Notes where the run is and what it fails with. */
  #listening(report: NodeReport): NodeReport {
    return {
      ...report,
      phase: (phase, attempt, instanceId) => {
        this.#phase = phase;
        report.phase(phase, attempt, instanceId);
      },
      failed: (phase, failure) => {
        this.#end ??= { type: 'failed', phase, reason: failure.reason };
        report.failed(phase, failure);
      },
      progress: (phase, done, total) => {
        if (!this.isStopped) report.progress(phase, done, total);
      },
    };
  }
}

const hasMachine = (phase: PipelinePhase): boolean =>
  phase !== 'pending' && phase !== 'launching' && phase !== 'booting';
