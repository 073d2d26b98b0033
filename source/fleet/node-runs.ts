import type { Payload } from '../pipeline/payload/payload.ts';
import type { Journey } from '../pipeline/pipeline.ts';
import { NodeRun, type RunBeginning, type RunEnd, type RunRequest } from './node-run.ts';

export type NodeRunsOptions = {
  /**
   * What a run begins with.
   *
   * @param payload The files that it brings, where these are not those that are current.
   */
  readonly prepare: (
    journey: Journey,
    payload: Payload | undefined,
  ) => Omit<RunBeginning, 'attempt' | 'onOver'>;
  /** Hears of the end of each run that no other one follows, unless nothing is to begin any more. */
  readonly onIdle: (end: RunEnd, attempt: number) => void;
  readonly log: (message: string) => void;
};

/** The runs of one node: one at a time, and what is wished for meanwhile is the next one. */
export class NodeRuns {
  readonly #options: NodeRunsOptions;
  #attempt = 0;
  #run: { readonly of: NodeRun; readonly over: Promise<void> } | undefined;
  #next: NodeRun | undefined;
  #isClosed = false;
  /** Files of runs that bring others than those that are current when they begin. */
  readonly #payloads = new WeakMap<NodeRun, Payload>();

  constructor(options: NodeRunsOptions) {
    this.#options = options;
  }

  /** Number of the latest run; 0 before the first one. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Whether nothing begins any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether a run is under way. */
  get isBusy(): boolean {
    return this.#run !== undefined;
  }

  /** Whether something is being done to the node, beyond looking at it. */
  get isWorking(): boolean {
    return this.#run !== undefined && this.#run.of.journey !== 'observe';
  }

  /** Whether a run is under way or follows that has not been stopped. */
  get isWanted(): boolean {
    return this.#run?.of.isStopped === false || this.#next?.isStopped === false;
  }

  /** Resolves once the run that is under way is over. */
  async over(): Promise<void> {
    await this.#run?.over;
  }

  /** Resolves once no run is under way. */
  async idle(): Promise<void> {
    while (this.#run !== undefined) await this.#run.over;
  }

  /**
   * Starts a run. One that is under way is finished first, unless it only observes; what is wished
   * for meanwhile becomes one run.
   *
   * @returns What became of it.
   */
  start(journey: Journey, request?: RunRequest): Promise<RunEnd> {
    const next = this.#next?.isStopped === false ? this.#next : new NodeRun(journey);
    const end = next.join(journey, request);
    if (request?.payload !== undefined) this.#payloads.set(next, request.payload);
    if (this.#run === undefined) {
      this.#begin(next);
      return end;
    }
    this.#next = next;
    const { log } = this.#options;
    const { isStopped, journey: current } = this.#run.of;
    if (current === 'observe') this.#run.of.stop({ type: 'ended', reason: 'made way' });
    else if (current === journey) log(`another ${journey} follows`);
    else if (!isStopped) log(`${journey} begins when what is being done to the node is over`);
    return end;
  }

  /** Ends what is under way, and what was to follow. */
  stop(end: RunEnd): void {
    this.#next?.stop(end);
    this.#next = undefined;
    this.#run?.of.stop(end);
  }

  /** Nothing begins any more. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Lets another node go on with all that is wished for. Nothing begins here any more.
   *
   * @param start Starts a run of the other node.
   * @returns Whether there was anything to go on with.
   */
  handOver(
    node: string,
    start: (journey: Journey, request: RunRequest) => Promise<RunEnd>,
  ): boolean {
    const runs = [this.#run?.of, this.#next].filter((run) => run?.isStopped === false);
    this.close();
    this.#next = undefined;
    for (const run of runs) {
      const payload = run === undefined ? undefined : this.#payloads.get(run);
      run?.handOver(node, (request) =>
        start(run.journey, { ...request, ...(payload === undefined ? {} : { payload }) }),
      );
    }
    return runs.length > 0;
  }

  #begin(run: NodeRun): void {
    const { onIdle, prepare } = this.#options;
    this.#attempt += 1;
    const over = run.begin({
      ...prepare(run.journey, this.#payloads.get(run)),
      attempt: this.#attempt,
      onOver: (end) => {
        this.#run = undefined;
        const next = this.#next;
        this.#next = undefined;
        if (next?.isStopped === false) this.#begin(next);
        else if (!this.#isClosed) onIdle(end, this.#attempt);
      },
    });
    this.#run = { of: run, over };
  }
}
